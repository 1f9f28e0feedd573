// Runs after Trunk has built the app: optimises the part that is loaded later, bundles and minifies the scripts, and
// puts one hash into the names of all scripts and modules, in a folder of their own. Files of different builds do not work
// together, so a page must never mix them.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// The cut module, from `app/bundle/wasm-bindgen`, and `__wasm_split.js`, which loads the later part.
const PARTS = "target/parts";
const dist = process.env.TRUNK_STAGING_DIR;
if (!dist) throw new Error("TRUNK_STAGING_DIR is not set: this script is a hook of Trunk's");

const page = join(dist, "index.html");
const html = readFileSync(page, "utf8");
const switches = readFileSync("app/index.html", "utf8").match(/data-wasm-opt-params="([^"]*)"/)[1].split(" ");

function onlyFile(pattern) {
  const found = readdirSync(dist).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`the build should have exactly one file ${pattern}, but has: ${found}`);
  return found[0];
}

function esbuild(switches, input) {
  return execFileSync("esbuild", ["--minify", "--log-level=warning", ...switches], { input, encoding: "utf8" });
}

const script = onlyFile(/^causeway-[0-9a-f]+\.js$/);
const module = onlyFile(/^causeway-[0-9a-f]+_bg\.wasm$/);
const later = readdirSync(PARTS).filter((name) => name.endsWith(".wasm") && name !== "causeway.wasm");
if (later.length === 0) throw new Error("nothing was cut off: does the first screen reach app::lazy_part::build?");

const optimised = new Map(
  later.map((name) => {
    const to = join(PARTS, `${name}.opt`);
    execFileSync("wasm-opt", ["-Oz", "--strip-debug", ...switches, join(PARTS, name), "-o", to]);
    return [name, readFileSync(to)];
  }),
);

// The script and `__wasm_split.js` import each other; as one file they take one request.
copyFileSync(join(dist, script), join(PARTS, "causeway.js"));
let bundled = esbuild(["--bundle", "--format=esm", join(PARTS, "causeway.js")]);
for (const name of ["causeway.css", "charts.css", "start.js"]) {
  const file = join(dist, name);
  writeFileSync(file, esbuild([name.endsWith(".css") ? "--loader=css" : "--target=es2018"], readFileSync(file, "utf8")));
}

const first = readFileSync(join(dist, module));
const digest = createHash("sha256");
for (const bytes of [bundled, first, ...optimised.values()]) digest.update(bytes);
const hash = digest.digest("hex").slice(0, 16);
// Browsers keep this folder for a year: public/_headers and edge/core/src/http/hashed_files.rs name it as well.
const FOLDER = "assets";
mkdirSync(join(dist, FOLDER));
const names = { script: `causeway-${hash}.js`, module: `causeway-${hash}_bg.wasm` };

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`${from} is not where it was expected`);
  return text.replaceAll(from, to);
}

let number = 0;
const laterFiles = [];
for (const [name, bytes] of optimised) {
  const own = `causeway-${hash}-later-${number++}.wasm`;
  bundled = replaced(bundled, `./${name}`, `./${own}`);
  writeFileSync(join(dist, FOLDER, own), bytes);
  laterFiles.push(`/${FOLDER}/${own}`);
}
for (const name of [script, module]) rmSync(join(dist, name));
writeFileSync(join(dist, FOLDER, names.script), bundled);
writeFileSync(join(dist, FOLDER, names.module), first);
const told = replaced(html, 'data-later="later"', `data-later="${laterFiles.join(" ")}"`);
const named = replaced(told, script, `${FOLDER}/${names.script}`);
writeFileSync(page, replaced(named, module, `${FOLDER}/${names.module}`));
