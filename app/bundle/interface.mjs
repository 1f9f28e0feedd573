// The names by which a WebAssembly module and its script know each other: what the module imports from the script and
// exports to it. wasm-bindgen writes long ones, with a hash in each, twice. They are the largest part of the script that
// no compression makes smaller.
//
// Every step matches whole names, never positions, and refuses what it does not recognize. At the end `link` lets the
// engine itself put the two together, so a build in which they do not fit fails.
import { pathToFileURL } from "node:url";

const IMPORTS = 2;
const EXPORTS = 7;

/** Reads and writes the numbers and texts of a module (WebAssembly core specification, section 5.2). */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
  /** The bytes that `read` steps over. */
  kept(read) {
    const from = this.at;
    read();
    return this.bytes.subarray(from, this.at);
  }
}

function number(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

const text = (value) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
const vector = (items) => Buffer.concat([number(items.length), ...items]);

/** Steps over what an import is: a function, a table, a memory or a global. */
function stepOverKind(reader) {
  const kind = reader.byte();
  const limits = () => {
    const hasMost = reader.byte() & 1;
    reader.number();
    if (hasMost) reader.number();
  };
  if (kind === 0) reader.number();
  else if (kind === 1) reader.byte(), limits();
  else if (kind === 2) limits();
  else if (kind === 3) reader.byte(), reader.byte();
  else throw new Error(`an import of the kind ${kind} is not known`);
}

function sectionOfImports(reader, named) {
  return vector(
    Array.from({ length: reader.number() }, () => {
      const { module, name } = named({ module: reader.text(), name: reader.text() });
      return Buffer.concat([text(module), text(name), reader.kept(() => stepOverKind(reader))]);
    }),
  );
}

function sectionOfExports(reader, named) {
  const all = Array.from({ length: reader.number() }, () => {
    const name = named(reader.text());
    const rest = reader.kept(() => (reader.byte(), reader.number()));
    return name === undefined ? [] : [Buffer.concat([text(name), rest])];
  });
  return vector(all.flat());
}

/** The module with other names: `imported` gets and gives a module and a name, `exported` a name, or `undefined` to drop it. */
function renamed(module, imported, exported) {
  const reader = new Reader(module, 8);
  const sections = [module.subarray(0, 8)];
  while (reader.at < module.length) {
    const id = reader.byte();
    const length = reader.number();
    const content = module.subarray(reader.at, reader.at + length);
    let written = content;
    if (id === IMPORTS) written = sectionOfImports(new Reader(content), imported);
    if (id === EXPORTS) written = sectionOfExports(new Reader(content), exported);
    sections.push(Buffer.from([id]), number(written.length), written);
    reader.at += length;
  }
  return Buffer.concat(sections);
}

const same = (one) => one;

/** What the script takes from the module. */
const taken = (script) => new Set([...script.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name));

/** a, b, … Z, aa, ab, … */
function shortName(index) {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const rest = Math.floor(index / letters.length);
  return (rest === 0 ? "" : shortName(rest - 1)) + letters[index % letters.length];
}

/** Numbers the names from 0, each once. */
function shortNames(names) {
  if (new Set(names).size !== names.length) throw new Error(`a name stands for two things: ${names}`);
  return new Map(names.map((name, index) => [name, shortName(index)]));
}

/** Replaces the only occurrence of `from`. */
function replaceOnly(all, from, to) {
  const parts = all.split(from);
  if (parts.length !== 2) throw new Error(`${from} is expected once, and is there ${parts.length - 1} times`);
  return parts.join(to);
}

/**
 * Leaves out what nobody needs: classes that Rust offers to scripts and makes no object of, and exports that the script
 * does not take. The optimizer then leaves out what only they reach. `kept` are exports that others take.
 */
export function withoutUnused({ module, script }, kept) {
  const aClass = /^export class (\w+) \{$[^]*?^\}\nif \(Symbol\.dispose\) .*\n/gm;
  const unused = [...script.matchAll(aClass)].filter(([all]) => !all.includes("__wrap"));
  for (const [all, name] of unused) {
    const registry = new RegExp(`^const ${name}Finalization = [^]*?;\n`, "m").exec(script)?.[0];
    script = replaceOnly(replaceOnly(script, all, ""), registry, "");
    if (new RegExp(`\\b${name}`).test(script)) throw new Error(`${name} is used`);
  }
  const wanted = new Set([...taken(script), ...kept]);
  return { module: renamed(module, same, (name) => (wanted.has(name) ? name : undefined)), script };
}

/** Gives short names to what the module and the script give each other. `kept` are exports that others take. */
export async function shortened({ module, script }, kept) {
  const compiled = await WebAssembly.compile(module);
  const [, from] = /^ {8}"(.*)": import0,$/m.exec(script);
  const imports = WebAssembly.Module.imports(compiled).filter((one) => one.module === from);
  const exports = WebAssembly.Module.exports(compiled).filter((one) => !kept.includes(one.name));
  const importNames = shortNames(imports.map((one) => one.name));
  const exportNames = shortNames(exports.map((one) => one.name));

  let short = replaceOnly(script, `"${from}": import0`, `"": import0`);
  for (const [name, to] of importNames) short = replaceOnly(short, `\n        ${name}: function(`, `\n        ${to}: function(`);
  // What the optimizer found unnecessary is imported by nobody.
  short = short.replace(/^ {8}__wb\w+: function\([^]*?^ {8}\},\n/gm, "");
  short = short.replace(/\bwasm\.(\w+)/g, (all, name) => `wasm.${exportNames.get(name) ?? name}`);
  return {
    module: renamed(
      module,
      (one) => (one.module === from ? { module: "", name: importNames.get(one.name) } : one),
      (name) => exportNames.get(name) ?? name,
    ),
    script: short,
  };
}

/**
 * Puts the module and its script together, as a browser does: every import of the module is a function of the script,
 * every function of the script is imported, and everything that the script takes is exported. `bundled` is the path of
 * the script with everything that it imports.
 */
export async function link({ module, script }, bundled) {
  const compiled = await WebAssembly.compile(module);
  const exported = new Set(WebAssembly.Module.exports(compiled).map((one) => one.name));
  const lacking = [...taken(script)].filter((name) => !exported.has(name));
  if (lacking.length > 0) throw new Error(`the module does not export ${lacking}`);

  const app = await import(pathToFileURL(bundled));
  const instantiate = WebAssembly.instantiate;
  let given;
  // The app is not started: there is no page here.
  WebAssembly.instantiate = (_, imports) => {
    given = imports;
    return new Promise(() => {});
  };
  app.default({ module_or_path: compiled });
  for (let turn = 0; given === undefined && turn < 100; turn++) await null;
  WebAssembly.instantiate = instantiate;
  new WebAssembly.Instance(compiled, given);
  const imported = new Set(WebAssembly.Module.imports(compiled).map((one) => `${one.module} ${one.name}`));
  for (const [from, functions] of Object.entries(given)) {
    const surplus = Object.keys(functions).filter((name) => !imported.has(`${from} ${name}`));
    if (surplus.length > 0) throw new Error(`the module does not import ${surplus} from "${from}"`);
  }
}
