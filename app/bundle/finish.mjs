// Runs after Trunk has built the app: optimises the WebAssembly modules, bundles and minifies the scripts, and puts one
// hash into the names of all scripts and modules, in a folder of their own. Files of different builds do not work together,
// so a page must never mix them.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { link, shortened, withoutUnused } from "./interface.mjs";

// The cut module, from `app/bundle/wasm-bindgen`, and `__wasm_split.js`, which loads the later part.
const PARTS = "target/parts";
const dist = process.env.TRUNK_STAGING_DIR;
if (!dist) throw new Error("TRUNK_STAGING_DIR is not set: this script is a hook of Trunk's");

const page = join(dist, "index.html");
const html = readFileSync(page, "utf8");

function onlyFile(pattern) {
  const found = readdirSync(dist).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`the build should have exactly one file ${pattern}, but has: ${found}`);
  return found[0];
}

function esbuild(switches, input) {
  return execFileSync("esbuild", ["--minify", "--log-level=warning", ...switches], { input, encoding: "utf8" });
}

// What is sent is smaller with `-Os` than with `-Oz`, and without the pass `local-cse`: see app/SIZES.md. The lowest
// kilobyte of memory is the far end of the stack, where no address plus a constant ever points.
const OPTIMISE = ["-Os", "--skip-pass=local-cse", "--low-memory-unused"];
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];
// What Rust's compiler takes for granted of browsers.
const FEATURES = ["bulk-memory", "bulk-memory-opt", "nontrapping-float-to-int", "sign-ext", "mutable-globals",
  "reference-types", "multivalue"].map((name) => `--enable-${name}`);

async function optimised(path) {
  await promisify(execFile)("wasm-opt", [...OPTIMISE, ...STRIP, ...FEATURES, path, "-o", `${path}.opt`]);
  return readFileSync(`${path}.opt`);
}

const script = onlyFile(/^causeway-[0-9a-f]+\.js$/);
const module = onlyFile(/^causeway-[0-9a-f]+_bg\.wasm$/);
const later = readdirSync(PARTS).filter((name) => name.endsWith(".wasm") && name !== "causeway.wasm");
if (later.length === 0) throw new Error("nothing was cut off: does the first screen reach app::lazy_part::build?");

// What the later modules take from the first one keeps its name: `__wasm_split.js` hands it over by that.
const shared = later.flatMap((name) =>
  WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(PARTS, name)))).map((one) => one.name),
);
const built = { module: readFileSync(join(dist, module)), script: readFileSync(join(dist, script), "utf8") };
const needed = withoutUnused(built, shared);
const FIRST = join(PARTS, "first");
writeFileSync(FIRST, needed.module);
const [small, ...smallLater] = await Promise.all([FIRST, ...later.map((name) => join(PARTS, name))].map(optimised));
const joined = await shortened({ module: small, script: needed.script }, shared);
const first = joined.module;

// The script and `__wasm_split.js` import each other; as one file they take one request.
const SCRIPT = join(PARTS, "causeway.js");
const BUNDLED = join(PARTS, "bundled.mjs");
writeFileSync(SCRIPT, joined.script);
let bundled = esbuild(["--bundle", "--format=esm", SCRIPT]);
writeFileSync(BUNDLED, bundled);
await link(joined, resolve(BUNDLED));
// The script of embeds is of no use to the app: it is one file under a name that stays, as their style sheet.
writeFileSync(join(dist, "embed.js"), esbuild(["--bundle", "--format=iife", "--target=es2022", resolve("app/embed/embed.js")]));
for (const name of ["causeway.css", "charts.css", "embed.css", "start.js"]) {
  const file = join(dist, name);
  writeFileSync(file, esbuild([name.endsWith(".css") ? "--loader=css" : "--target=es2018"], readFileSync(file, "utf8")));
}

const digest = createHash("sha256");
for (const bytes of [bundled, first, ...smallLater]) digest.update(bytes);
const hash = digest.digest("hex").slice(0, 16);
// Browsers keep this folder for a year: public/_headers and edge/core/src/http/hashed_files.rs name it as well.
const FOLDER = "assets";
mkdirSync(join(dist, FOLDER));
const names = { script: `causeway-${hash}.js`, module: `causeway-${hash}_bg.wasm` };

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`${from} is not where it was expected`);
  return text.replaceAll(from, to);
}

const laterFiles = later.map((name, number) => {
  const own = `causeway-${hash}-later-${number}.wasm`;
  bundled = replaced(bundled, `./${name}`, `./${own}`);
  writeFileSync(join(dist, FOLDER, own), smallLater[number]);
  return `/${FOLDER}/${own}`;
});
for (const name of [script, module]) rmSync(join(dist, name));
writeFileSync(join(dist, FOLDER, names.script), bundled);
writeFileSync(join(dist, FOLDER, names.module), first);
const told = replaced(html, 'data-later="later"', `data-later="${laterFiles.join(" ")}"`);
const named = replaced(told, script, `${FOLDER}/${names.script}`);
writeFileSync(page, replaced(named, module, `${FOLDER}/${names.module}`));
