// Runs Workers on workerd through Miniflare, many of them from one Node process. `wrangler dev` runs the same Miniflare,
// with a second workerd as a proxy in front, a bundler and a file watcher, and needs seconds to start.
//
// wrangler's own mapping reads the bindings, assets and compatibility date from wrangler.toml, so that they are
// written down only there. Each connection to PORT on the loopback interface carries one command as JSON, and gets {}
// or { error } when it is done:
//
//   { do: "start", settings, state, temporary, log, port, variables }   the Worker listens on that port
//   { do: "schedule", port, cron }                                      the cron trigger has come, and was handled
//   { do: "stop", port }                                                its workerd has ended
import { appendFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

const { CAUSEWAY_NODE_MODULES, PORT } = process.env;
const from = createRequire(`${CAUSEWAY_NODE_MODULES}/`);
const { Log, LogLevel, Miniflare, convertV4MiniflareOptions } = from("miniflare");
const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = from("wrangler");

/** Writes Miniflare's own messages to the file that holds what the Worker logs. */
class FileLog extends Log {
  constructor(file) {
    super(LogLevel.WARN);
    this.file = file;
  }
  log(message) {
    appendFileSync(this.file, `${message}\n`);
  }
}

/** The running Workers by port. */
const running = new Map();

/** The entry first, then what it imports: worker-build writes all of it to one folder. */
function modules(main) {
  const others = readdirSync(dirname(main)).filter((name) => name !== basename(main));
  const named = (type, ending) =>
    others.filter((name) => name.endsWith(ending)).map((name) => ({ type, path: join(dirname(main), name) }));
  return [{ type: "ESModule", path: main }, ...named("ESModule", ".js"), ...named("CompiledWasm", ".wasm")];
}

async function start({ settings, state, temporary, log, port, variables }) {
  const { main, workerOptions } = unstable_getMiniflareWorkerOptions(settings);
  // The modules are listed, so there are no rules for finding them.
  const { modulesRules: _, ...worker } = workerOptions;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      cf: false, // otherwise Miniflare fetches it from the internet
      log: new FileLog(log),
      handleStructuredLogs: ({ message }) => appendFileSync(log, `${message}\n`),
      logRequests: false,
      resourcePersistencePath: state,
      resourceTmpPath: temporary,
      telemetry: { enabled: false },
      workers: [
        {
          ...worker,
          name: unstable_readConfig({ config: settings }, { hideWarnings: true }).name,
          bindings: { ...worker.bindings, ...variables },
          modules: modules(main),
          modulesRoot: dirname(main),
        },
      ],
    }),
  );
  running.set(port, miniflare);
  await miniflare.ready;
}

async function schedule({ port, cron }) {
  const worker = await running.get(port).getWorker();
  const { outcome } = await worker.scheduled({ cron });
  if (outcome !== "ok") throw new Error(`the scheduled event ended with ${outcome}`);
}

async function stop({ port }) {
  const miniflare = running.get(port);
  running.delete(port);
  await miniflare?.dispose();
}

const commands = { start, schedule, stop };

const server = createServer({ allowHalfOpen: true }, async (connection) => {
  connection.on("error", () => {}); // whoever asked has gone
  try {
    const { do: name, ...parameters } = JSON.parse(await text(connection));
    await commands[name](parameters);
    connection.end("{}");
  } catch (error) {
    connection.end(JSON.stringify({ error: String(error?.stack ?? error) }));
  }
});
server.listen(Number(PORT), "127.0.0.1");
