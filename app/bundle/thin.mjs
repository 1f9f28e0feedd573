// Between the cut and wasm-bindgen: leaves out what nobody will ever read or call. Arguments: the modules.
//
// 1. What a panic would say. A panic ends the app, which then says so itself (start.js); its words go nowhere in a
//    browser. So whatever only leads up to the trap becomes the trap, and the places in the source that it would name
//    become zeros, paths of the machine that built it among them.
// 2. The exports of a crate of streams that Leptos brings along: they would keep it all alive.
import { readFileSync, writeFileSync } from "node:fs";

import { SECTION, bodies, data, exports, functionNames, imported, joined, sections, text, vector, written } from "./wasm.mjs";

/** Functions of the standard library alone, by their mangled names, all declared never to return. Nobody else's function
 *  is taken for one of them, however it is called: a trap in its place would end an app that works. */
const PANICS = new RegExp(
  [
    "4core9panicking\\d",
    "4core\\w*?\\d(unwrap_failed|expect_failed|slice_index_fail|slice_error_fail|len_mismatch_fail|panic_\\w+)",
    "5alloc\\w*?\\d(handle_alloc_error|handle_error|capacity_overflow|assert_failed)",
    "9hashbrown3raw\\w*?\\d{2}capacity_overflow",
    "3std9panicking\\d+(begin_panic|panic_handler|panic_with_hook)",
    "3std3sys9backtrace26___rust_end_short_backtrace\\w*9panicking",
    "3std6thread5local\\d+panic_access_error",
  ].join("|"),
);
const STREAMS = /intounderlying(source|sink|bytesource)_/;
/** `unreachable`, then `end`: a function that ends so never returns. */
const NEVER_RETURNS = [0x00, 0x0b];
const TRAP = Buffer.from([0, ...NEVER_RETURNS]);

const parts = process.argv.slice(2).map((path) => {
  const module = readFileSync(path);
  return { path, module, all: sections(module) };
});

function withoutWords(all) {
  const names = functionNames(all);
  const first = imported(all);
  return (bytes) => {
    const thinner = bodies(bytes).map((body, at) => {
      const panics = PANICS.test(names.get(first + at) ?? "") && NEVER_RETURNS.every((code, from) => body.at(from - 2) === code);
      const kept = panics ? TRAP : body;
      return Buffer.concat([written(kept.length), kept]);
    });
    return vector(thinner);
  };
}

function withoutStreams(bytes) {
  const kept = exports(bytes).filter(({ name }) => !STREAMS.test(name));
  return vector(kept.map(({ name, kind, index }) => Buffer.concat([text(name), Buffer.from([kind]), written(index)])));
}

for (const { all } of parts) {
  const thinner = { [SECTION.code]: withoutWords(all), [SECTION.exports]: withoutStreams };
  for (const section of all) section.bytes = thinner[section.id]?.(section.bytes) ?? Buffer.from(section.bytes);
}

// A place in the source is four words: where the path is and how long, line and column. A path ends in `.rs`.
const memory = parts.flatMap(({ all }) => all.filter(({ id }) => id === SECTION.data).flatMap(({ bytes }) => data(bytes)));
const at = (address, length) => {
  const piece = memory.find((one) => one.address <= address && address + length <= one.address + one.bytes.length);
  return piece?.bytes.subarray(address - piece.address, address - piece.address + length);
};
const isPath = (path) => path?.subarray(-3).toString() === ".rs" && path.every((byte) => byte > 0x20 && byte < 0x7f);
const named = [];
for (const { address, bytes } of memory) {
  for (let from = -address & 3; from + 16 <= bytes.length; from += 4) {
    const [path, length, line, column] = [0, 4, 8, 12].map((word) => bytes.readUInt32LE(from + word));
    if (length < 4 || length > 400 || line === 0 || line > 99_999 || column === 0 || column > 999) continue;
    if (isPath(at(path, length))) named.push(bytes.subarray(from, from + 16), at(path, length));
  }
}
if (named.length === 0) throw new Error("no panic names its place: does the compiler write places another way now?");
for (const bytes of named) bytes.fill(0);

for (const { path, module, all } of parts) writeFileSync(path, joined(module, all));
