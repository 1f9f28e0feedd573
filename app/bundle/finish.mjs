// After Trunk has built the app: optimises the part that comes later, makes small what is text, and names every script
// and module by one hash of them all. They belong together: a page that holds one of them must never meet another
// build's.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { minified, shortened } from "./short.mjs";

const PARTS = "target/parts";
const dist = process.env.TRUNK_STAGING_DIR;
if (!dist) throw new Error("Trunk runs this, and says in TRUNK_STAGING_DIR where the app is");

const page = join(dist, "index.html");
const html = readFileSync(page, "utf8");
const switches = readFileSync("app/index.html", "utf8").match(/data-wasm-opt-params="([^"]*)"/)[1].split(" ");

const named = (pattern) => {
  const found = readdirSync(dist).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`one file of the build should be called ${pattern}: ${found}`);
  return found[0];
};
const script = named(/^causeway-[0-9a-f]+\.js$/);
const module = named(/^causeway-[0-9a-f]+_bg\.wasm$/);
const later = readdirSync(PARTS).filter((name) => name.endsWith(".wasm") && name !== "causeway.wasm");
if (later.length === 0) throw new Error("nothing was cut off: does something of the first screen use app::later::build?");

const optimised = new Map(
  later.map((name) => {
    const to = join(PARTS, `${name}.opt`);
    execFileSync("wasm-opt", ["-Oz", "--strip-debug", ...switches, join(PARTS, name), "-o", to]);
    return [name, readFileSync(to)];
  }),
);
const link = readFileSync(join(PARTS, "__wasm_split.js"), "utf8");
const first = shortened(readFileSync(join(dist, module)), readFileSync(join(dist, script), "utf8"), link);
for (const name of ["causeway.css", "start.js"]) {
  const file = join(dist, name);
  writeFileSync(file, minified(readFileSync(file, "utf8"), name.endsWith(".css") ? "--loader=css" : "--target=es2018"));
}

const digest = createHash("sha256");
for (const bytes of [first.script, first.module, ...optimised.values()]) digest.update(bytes);
const hash = digest.digest("hex").slice(0, 16);
const names = { script: `causeway-${hash}.js`, module: `causeway-${hash}_bg.wasm` };

const replaced = (text, from, to) => {
  if (!text.includes(from)) throw new Error(`${from} is not where it was expected`);
  return text.replaceAll(from, to);
};
let text = first.script;
let number = 0;
for (const [name, bytes] of optimised) {
  const own = `causeway-${hash}-later-${number++}.wasm`;
  text = replaced(text, `./${name}`, `./${own}`);
  writeFileSync(join(dist, own), bytes);
}
writeFileSync(join(dist, names.script), text);
writeFileSync(join(dist, names.module), first.module);
for (const name of [script, module]) rmSync(join(dist, name));
writeFileSync(page, replaced(replaced(html, script, names.script), module, names.module));
