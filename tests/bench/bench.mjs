// The grid beside a React page that does the same: `make bench`. Prints, asserts nothing.
//
// Arguments: Causeway's built app, the folder with the npm packages, Chromium.
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start } from "./browser.mjs";
import { connections } from "./connections.mjs";
import { measure } from "./measure.mjs";
import { serve } from "./server.mjs";

const [app, packages, chromium] = process.argv.slice(2);
const ROUNDS = Number(process.env.ROUNDS ?? 3);

/** Builds the React page for production, with Causeway's own style sheet. */
async function react(folder) {
  const { build } = createRequire(join(packages, "node_modules/"))("esbuild");
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, "react/main.jsx")],
    outfile: join(folder, "main.js"),
    nodePaths: [join(packages, "node_modules")],
    bundle: true,
    minify: true,
    jsx: "automatic",
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  await cp(join(import.meta.dirname, "react/index.html"), join(folder, "index.html"));
  await cp(join(app, "causeway.css"), join(folder, "causeway.css"));
}

function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
const median = (values) => quantile(values, 0.5);

/** The lines of the table for one page, over its rounds. */
function summary(rounds) {
  const keys = rounds.flatMap((round) => round.keystrokes);
  const of = (read) => median(rounds.map(read));
  return {
    "time to the first row, ms": of((round) => round.firstRow),
    "layout shift, thousandths": of((round) => round.shift * 1000),
    "script per keystroke, median, ms": median(keys.map((key) => key.script)),
    "script per keystroke, 95th, ms": quantile(keys.map((key) => key.script), 0.95),
    "all work per keystroke, median, ms": median(keys.map((key) => key.task)),
    "all work per keystroke, 95th, ms": quantile(keys.map((key) => key.task), 0.95),
    "long tasks while scrolling": of((round) => round.scrolling.longTasks.length),
    "the longest of them, ms": of((round) => Math.max(0, ...round.scrolling.longTasks)),
    "script while scrolling, ms": of((round) => round.scrolling.script),
    "all work while scrolling, ms": of((round) => round.scrolling.task),
    "memory, MB": of((round) => round.memory.heap + round.memory.wasm),
    "of it JavaScript's heap, MB": of((round) => round.memory.heap),
    "of it WebAssembly's memory, MB": of((round) => round.memory.wasm),
  };
}

function print(ours, theirs) {
  console.log(`${"".padEnd(36)}${"Causeway".padStart(10)}${"React".padStart(10)}${"ratio".padStart(8)}`);
  for (const [line, mine] of Object.entries(ours)) {
    const other = theirs[line];
    const ahead = mine === other ? "" : mine < other ? "Causeway is ahead" : "React is ahead";
    const ratio = other > 0 ? (mine / other).toFixed(2) : "–";
    const part = line.startsWith("of it");
    console.log(`${line.padEnd(36)}${mine.toFixed(1).padStart(10)}${other.toFixed(1).padStart(10)}${ratio.padStart(8)}  ${part ? "" : ahead}`);
  }
}

const work = await mkdtemp(join(tmpdir(), "causeway-bench-"));
const stops = [() => rm(work, { recursive: true, force: true })];
try {
  await react(join(work, "react"));
  const all = connections(10_000, Date.UTC(2026, 0, 1));
  const pages = {};
  for (const [name, folder] of [["ours", app], ["theirs", join(work, "react")]]) {
    const served = await serve(folder, all);
    stops.push(served.stop);
    pages[name] = served.address;
  }
  const browser = await start(chromium);
  stops.push(browser.end);
  const rounds = { ours: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // The pages take turns at going first, so that neither always runs on the warmer machine.
    for (const name of round % 2 ? ["theirs", "ours"] : ["ours", "theirs"]) {
      rounds[name].push(await measure(browser, pages[name]));
    }
  }
  console.log(`10,000 connections, ${ROUNDS} rounds each in turn, in Chromium; medians. Less is better throughout.`);
  print(summary(rounds.ours), summary(rounds.theirs));
} finally {
  for (const stop of stops.reverse()) await stop();
}
