// The sizes of the first load, as sent with Brotli 11, and of the Worker, as gzip.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const KB = 1000;
const FIRST_LOAD = { what: "First load", target: 160 * KB, how: "Brotli 11" };
// All screens but the first, and the dialogs: loaded in the background, or when needed. Charts have a sheet of their own.
const LATER = { what: "Loaded after it", how: "Brotli 11" };
const WORKER = { what: "Worker", target: 2000 * KB, how: "gzip" };

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } });
const gzip = (bytes) => gzipSync(bytes, { level: 9 });

// Only the files of this folder: those in others, such as the help pages, are not part of the app.
function files(folder, kinds) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && kinds.some((kind) => entry.name.endsWith(kind)))
    .map((entry) => join(folder, entry.name));
}

function report({ what, target, how }, folder, paths, compress) {
  let total = 0;
  for (const path of paths) {
    const bytes = readFileSync(path);
    const sent = compress(bytes).length;
    total += sent;
    console.log(`  ${relative(folder, path).padEnd(44)} ${kilobytes(bytes.length)} ${kilobytes(sent)}`);
  }
  const verdict = total <= target ? "within" : "OVER";
  const aim = target ? `, ${verdict} the ${target / KB} KB aimed at` : "";
  console.log(`${what}: ${(total / KB).toFixed(1)} KB as ${how}${aim}\n`);
}

const kilobytes = (bytes) => `${(bytes / KB).toFixed(1)} KB`.padStart(10);

console.log(`  ${"".padEnd(44)} ${"as it is".padStart(10)} ${"as sent".padStart(10)}`);
const app = ["dist", "dist/assets"].flatMap((folder) => files(folder, [".html", ".js", ".css", ".wasm"]));
const isLater = (path) => /-later-\d+\.wasm$|\/charts\.css$/.test(path);
report(FIRST_LOAD, "dist", app.filter((path) => !isLater(path)), brotli);
report(LATER, "dist", app.filter(isLater), brotli);
report(WORKER, "edge/build", ["edge/build/index.js", "edge/build/index_bg.wasm"], gzip);
