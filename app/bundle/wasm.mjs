// As much of WebAssembly's binary format as the build needs: sections, what is imported and exported, functions with
// their names, and data. https://webassembly.github.io/spec/core/binary/modules.html

export const SECTION = { custom: 0, imports: 2, exports: 7, code: 10, data: 11 };
const FUNCTION = 0;

/** Reads `bytes` from their beginning. */
export function reader(bytes) {
  let at = 0;
  const byte = () => bytes[at++];
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const part = byte();
      value += (part & 127) * 2 ** shift;
      if (part < 128) return value;
    }
  };
  const take = (length) => bytes.subarray(at, (at += length));
  return {
    byte,
    number,
    take,
    text: () => Buffer.from(take(number())).toString(),
    at: () => at,
    ended: () => at >= bytes.length,
  };
}

/** A number as the format writes it. */
export function written(value) {
  const parts = [];
  do parts.push((value & 127) | (value > 127 ? 128 : 0));
  while ((value >>>= 7));
  return Buffer.from(parts);
}

/** A text as the format writes it. */
export const text = (words) => Buffer.concat([written(Buffer.byteLength(words)), Buffer.from(words)]);

/** A vector of entries, each already written. */
export const vector = (entries) => Buffer.concat([written(entries.length), ...entries]);

/** The module's sections in their order: `[{ id, bytes }]`. */
export function sections(module) {
  const read = reader(module.subarray(8));
  const found = [];
  while (!read.ended()) found.push({ id: read.byte(), bytes: read.take(read.number()) });
  return found;
}

/** The module of these sections. */
export function joined(module, all) {
  const one = ({ id, bytes }) => [Buffer.from([id]), written(bytes.length), bytes];
  return Buffer.concat([module.subarray(0, 8), ...all.flatMap(one)]);
}

/** The imports: `[{ from, name, kind, type }]`; `type` is what follows the kind, as it is written. */
export function imports(bytes) {
  const read = reader(bytes);
  const limits = () => {
    const bounded = read.byte() & 1;
    read.number();
    if (bounded) read.number();
  };
  const types = [() => read.number(), () => (read.byte(), limits()), limits, () => read.take(2), () => read.take(2)];
  return Array.from({ length: read.number() }, () => {
    const [from, name, kind] = [read.text(), read.text(), read.byte()];
    const start = read.at();
    types[kind]();
    return { from, name, kind, type: bytes.subarray(start, read.at()) };
  });
}

/** The exports: `[{ name, kind, index }]`. */
export function exports(bytes) {
  const read = reader(bytes);
  return Array.from({ length: read.number() }, () => ({ name: read.text(), kind: read.byte(), index: read.number() }));
}

/** The names of functions by their index; imported ones come first. */
export function functionNames(all) {
  const names = new Map();
  for (const { bytes } of all.filter(({ id }) => id === SECTION.custom)) {
    const read = reader(bytes);
    if (read.text() !== "name") continue;
    while (!read.ended()) {
      const [kind, length] = [read.byte(), read.number()];
      const part = reader(read.take(length));
      if (kind === 1) for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
    }
  }
  return names;
}

/** How many functions are imported. */
export const imported = (all) =>
  all.filter(({ id }) => id === SECTION.imports).flatMap(({ bytes }) => imports(bytes)).filter(({ kind }) => kind === FUNCTION).length;

/** The bodies of the module's own functions. */
export function bodies(bytes) {
  const read = reader(bytes);
  return Array.from({ length: read.number() }, () => read.take(read.number()));
}

/** The data with an address of its own: `[{ address, bytes }]`, parts of `bytes` itself. */
export function data(bytes) {
  const read = reader(bytes);
  return Array.from({ length: read.number() }, () => {
    if (read.byte() !== 0 || read.byte() !== 0x41) throw new Error("data without a constant address");
    const address = read.number();
    if (read.byte() !== 0x0b) throw new Error("an address that is more than a constant");
    return { address, bytes: read.take(read.number()) };
  });
}
