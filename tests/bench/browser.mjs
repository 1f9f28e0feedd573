// Chromium, told what to do over a pipe: no port, and it ends with this process.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SWITCHES = [
  "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--window-size=1280,900", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
  "--disable-extensions", "--disable-default-apps", "--mute-audio", "--enable-precise-memory-info",
  "--js-flags=--expose-gc",
];

/** Starts Chromium with a profile of its own. */
export async function start(chromium) {
  const profile = await mkdtemp(join(tmpdir(), "causeway-bench-"));
  const process = spawn(chromium, [...SWITCHES, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => process.once("exit", resolve));
  const wire = wired(process.stdio[3], process.stdio[4]);
  process.once("error", wire.broke);
  process.once("exit", () => wire.broke(new Error("Chromium ended")));
  const end = async () => {
    wire.call("Browser.close").catch(() => process.kill());
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { open: () => open(wire), end };
}

function wired(out, into) {
  const waiting = new Map();
  const listening = new Set();
  let last = 0;
  let rest = "";
  into.setEncoding("utf8");
  into.on("data", (data) => {
    const messages = (rest + data).split("\0");
    rest = messages.pop();
    for (const message of messages.map((text) => JSON.parse(text))) {
      const caller = waiting.get(message.id);
      waiting.delete(message.id);
      if (!caller) listening.forEach((hear) => hear(message));
      else if (message.error) caller.reject(new Error(message.error.message));
      else caller.resolve(message.result);
    }
  });
  const call = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      out.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const broke = (error) => waiting.forEach(({ reject }) => reject(error));
  return { call, broke };
}

/** A fresh page, with nothing cached or kept. */
async function open(wire) {
  const { browserContextId } = await wire.call("Target.createBrowserContext");
  const { targetId } = await wire.call("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await wire.call("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => wire.call(method, params, sessionId);
  await Promise.all([call("Page.enable"), call("Runtime.enable"), call("Performance.enable")]);
  await call("Emulation.setDeviceMetricsOverride", { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false });
  const run = async (expression) => {
    const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const metrics = async () => {
    const { metrics } = await call("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const close = () => wire.call("Target.disposeBrowserContext", { browserContextId });
  return { call, run, metrics, close };
}
