// Drawing a chart in Chromium, beside uPlot and Chart.js: `make bench PARTS=charts`. Prints, asserts nothing.
//
// Arguments: what wasm-bindgen made of tests/bench/charts, the folder with the npm packages, Chromium, the built Forge app,
// and Causeway's built app.
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { start } from "../browser.mjs";
import { serve } from "../server.mjs";

const [drawing, packages, chromium, forge, app] = process.argv.slice(2).map((path) => resolve(path));
const ROUNDS = Number(process.env.ROUNDS ?? 7);
/** How many values are drawn, and how often in one turn: short ones often, because a browser's clock is coarse. */
const COUNTS = [[10, 40], [400, 10], [10_000, 1]];
const WAYS = { picture: "Causeway", figure: "with its table", uplot: "uPlot", chartjs: "Chart.js" };
const WASM = "chart_bench_bg.wasm";

const { build } = createRequire(join(packages, "node_modules/"))("esbuild");
const sent = (bytes) => brotliCompressSync(bytes).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

async function page(folder) {
  const nodePaths = [join(packages, "node_modules")];
  const entry = join(import.meta.dirname, "page.js");
  // The module that wasm-bindgen made stands beside the page's script, as it does in the app.
  const ours = { name: "ours", setup: (build) => build.onResolve({ filter: /chart_bench\.js$/ }, () => ({ path: join(drawing, "chart_bench.js") })) };
  await build({ entryPoints: [entry], outfile: join(folder, "main.js"), nodePaths, plugins: [ours], bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "error" });
  await copyFile(join(drawing, WASM), join(folder, WASM));
  const css = await readFile(join(packages, "node_modules/uplot/dist/uPlot.min.css"), "utf8");
  await writeFile(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><style>${css}</style><div id="place" style="width:640px"></div><script type="module" src="/main.js"></script>`);
}

/** A library alone, as a page would load it. */
async function alone(contents) {
  const built = await build({ stdin: { contents, resolveDir: packages }, nodePaths: [join(packages, "node_modules")], bundle: true, minify: true, format: "esm", write: false, logLevel: "error" });
  return sent(built.outputFiles[0].contents);
}

async function sizes() {
  const wasm = sent(await readFile(join(drawing, WASM)));
  const glue = sent(await readFile(join(drawing, "chart_bench.js")));
  const uplot = await alone('import u from "uplot"; globalThis.u = u;');
  const parts = "CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement";
  const chartjs = await alone(`import { ${parts} } from "chart.js"; Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement); globalThis.c = Chart;`);
  console.log(`Sizes with Brotli: our drawing alone ${kilobytes(wasm + glue)}, uPlot ${kilobytes(uplot)}, Chart.js with lines alone ${kilobytes(chartjs)}.`);
  const shell = sent(await readFile(join(forge, "view/main.js")));
  console.log(`The shell of the Forge app, which draws nothing itself: ${kilobytes(shell)}.`);
  const isLater = (name) => /-later-\d+\.wasm$|^charts\.css$/.test(name);
  const names = (await readdir(app, { recursive: true })).filter((name) => isLater(name.split("/").at(-1)));
  const later = await Promise.all(names.map(async (name) => sent(await readFile(join(app, name)))));
  console.log(`The part of the app that loads later, with every other screen: ${kilobytes(later.reduce((sum, one) => sum + one, 0))}.`);
}

const work = await mkdtemp(join(tmpdir(), "causeway-bench-"));
const stops = [() => rm(work, { recursive: true, force: true })];
try {
  await page(work);
  const served = await serve(work, []);
  stops.push(served.stop);
  const browser = await start(chromium);
  stops.push(browser.end);
  const tab = await browser.open();
  await tab.call("Page.navigate", { url: served.address });
  while (!(await tab.run("globalThis.isReady === true"))) await new Promise((resolve) => setTimeout(resolve, 50));
  const rounds = new Map(COUNTS.map(([count]) => [count, Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]))]));
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each goes first in turn, so that none always runs on the warmer machine.
    const order = Object.keys(WAYS).map((_, at, all) => all[(at + round) % all.length]);
    for (const [count, times] of COUNTS) {
      for (const way of order) rounds.get(count)[way].push(await tab.run(`measure("${way}", ${count}, ${times})`));
    }
  }
  console.log(`A line in Chromium, until the page is laid out, ms: medians of ${ROUNDS} rounds in turn. Less is better.`);
  console.log(`${"values".padStart(8)}${Object.values(WAYS).map((name) => name.padStart(16)).join("")}${"beside uPlot".padStart(16)}${"beside Chart.js".padStart(17)}`);
  for (const [count, of] of rounds) {
    const medians = Object.fromEntries(Object.entries(of).map(([way, all]) => [way, median(all)]));
    const ratio = (other) => (medians.picture / medians[other]).toFixed(2);
    const cells = Object.keys(WAYS).map((way) => medians[way].toFixed(2).padStart(16)).join("");
    console.log(`${String(count).padStart(8)}${cells}${ratio("uplot").padStart(16)}${ratio("chartjs").padStart(17)}`);
  }
  await sizes();
} finally {
  for (const stop of stops.reverse()) await stop();
}
