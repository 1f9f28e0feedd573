// The names by which the module and its script know each other, and the script itself, made short: wasm-bindgen writes
// them for people, with a checksum in each, which no compression makes smaller.
import { execFileSync } from "node:child_process";

import { SECTION, exports, imports, joined, sections, text, vector, written } from "./wasm.mjs";

const SCRIPT = "./causeway_bg.js";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A name for each number, of letters only. */
function name(number) {
  const letter = LETTERS[number % LETTERS.length];
  return number < LETTERS.length ? letter : name(Math.floor(number / LETTERS.length) - 1) + letter;
}

/** Code of ours or of a tool, as small as it gets. */
export function minified(code, ...switches) {
  return execFileSync("esbuild", ["--minify", "--log-level=warning", ...switches], { input: code, encoding: "utf8" });
}

/** The module and its script, with short names in both. `link`, which loads the later part, becomes one with the script. */
export function shortened(module, script, link) {
  const all = sections(module);
  const short = new Map();
  const rewrite = {
    [SECTION.imports]: (bytes) =>
      vector(imports(bytes).map((one) => {
        const ours = one.from === SCRIPT;
        if (ours) short.set(one.name, name(short.size));
        const names = ours ? [text("w"), text(short.get(one.name))] : [text(one.from), text(one.name)];
        return Buffer.concat([...names, Buffer.from([one.kind]), one.type]);
      })),
    [SECTION.exports]: (bytes) =>
      vector(exports(bytes).map((one) => {
        if (/_invoke__h[0-9a-f]{16}/.test(one.name)) short.set(one.name, `invoke_${name(short.size)}`);
        return Buffer.concat([text(short.get(one.name) ?? one.name), Buffer.from([one.kind]), written(one.index)]);
      })),
  };
  const shorter = all.map(({ id, bytes }) => ({ id, bytes: rewrite[id]?.(bytes) ?? bytes }));
  if (short.size === 0 || !script.includes(`"${SCRIPT}": `)) throw new Error("the module and its script were expected to know each other by other names");
  const renamed = script.replace(/\b(__wb|wasm_bindgen__)\w+/g, (long) => short.get(long) ?? long).replace(`"${SCRIPT}": `, "w: ");
  return { module: joined(module, shorter), script: minified(linked(withoutStreams(renamed), link), "--format=esm") };
}

/** One script: of two that load one after the other, the second would come late. */
function linked(script, link) {
  const [from, own] = [/^import \* as (\w+) from "\.\/__wasm_split\.js".*$/m, /^import \{ initSync \} from .*$/m];
  if (!from.test(script) || !own.test(link)) throw new Error("the script and what loads the later part refer to each other in another way");
  const exported = [...link.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
  const rest = link.replace(own, "").replace(/^export const /gm, "const ");
  return script.replace(from, (_, name) => `const ${name} = (() => {${rest}; return { ${exported.join(", ")} }; })();`);
}

/** Without the classes of the streams whose functions `thin.mjs` left out. */
const withoutStreams = (script) =>
  script
    .replace(/^export class IntoUnderlying\w+ \{[\s\S]*?^\}\nif \(Symbol\.dispose\).*\n/gm, "")
    .replace(/^const IntoUnderlying\w+Finalization = [\s\S]*?;\n/gm, "");
