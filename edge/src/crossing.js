// What crosses between the platform and WebAssembly as one text. A call for each header, a text for each name and value,
// and an object for each option cost more than all that the proxy does by itself; see "The proxy's steady state" in
// ARCHITECTURE.md for the numbers.
//
// A text is lines: what is said first, then a name and a value for each header. No header of the platform has a line
// break in it.

const encoder = new TextEncoder();
let memory, at, length, buffer;

/** Says where WebAssembly reads texts. */
export function useBuffer(...place) {
  [memory, at, length] = place;
  buffer = new Uint8Array(memory.buffer, at, length);
}

/**
 * Writes the first line and the headers to the buffer. Answers how many bytes that are, or, where they may not fit, the
 * negative of how many are surely enough.
 */
function write(line, headers) {
  let text = line;
  headers.forEach((value, name) => (text += `\n${name}\n${value}`));
  // Memory that has grown is another object.
  if (buffer.byteLength === 0) buffer = new Uint8Array(memory.buffer, at, length);
  const { read, written } = encoder.encodeInto(text, buffer);
  return read === text.length ? written : -3 * text.length;
}

/** Method, address and headers of a request. */
export const readRequest = (request) => write(`${request.method}\n${request.url}`, request.headers);

/** Status and headers of a response. */
export const readResponse = (response) => write(`${response.status}`, response.headers);

/** The lines of a text that has `first` lines and so many headers. Another line would be a header that nobody meant. */
function linesOf(text, first, headers) {
  const lines = text.split("\n");
  if (lines.length !== first + 2 * headers + 1) throw new TypeError("a line break in a header");
  return lines;
}

/**
 * Sends a request, of which `text` has the method, the address and the headers. Follows no redirect. Uses no cache:
 * Cloudflare's is keyed by the address alone, so it would serve one account's response to another.
 */
function begin(text, count, body, signal) {
  const lines = linesOf(text, 2, count);
  const [method, address] = lines;
  const headers = {};
  for (let at = 2; at + 1 < lines.length; at += 2) headers[lines[at]] = lines[at + 1];
  const init = { method, headers, redirect: "manual", cache: "no-store" };
  if (body) init.body = body;
  if (signal) init.signal = signal;
  return globalThis.fetch(address, init);
}

/**
 * Calls `end` once: with the response, with the error, or with nothing if there is no response within `limit`
 * milliseconds. A timer does that, and not the platform's AbortSignal.timeout: that would go on to limit the response's
 * body, and any signal costs a tenth of what a call costs. What is given up ends with the request that it belongs to.
 */
function within(limit, answer, end) {
  let isOver = false;
  const once = (outcome) => {
    if (isOver) return void outcome.body?.cancel();
    isOver = true;
    clearTimeout(timer);
    end(outcome);
  };
  const timer = setTimeout(once, limit);
  answer.then(once, once);
}

/** Sends a request. With a `limit`, it is rejected with nothing if there is no response by then. */
export function send(text, count, body, signal, limit) {
  const answer = begin(text, count, body, signal);
  if (limit === undefined) return answer;
  return new Promise((resolve, reject) =>
    within(limit, answer, (outcome) => (outcome instanceof Response ? resolve(outcome) : reject(outcome))),
  );
}

/** Sends the request of a call, and is what `ended` makes of its outcome. */
export function forward(text, count, body, limit, call, ended) {
  const answer = begin(text, count, body);
  return new Promise((resolve, reject) =>
    within(limit, answer, (outcome) => {
      try {
        resolve(ended(call, outcome));
      } catch (error) {
        reportError(error); // a panic: see entry.js
        reject(error);
      }
    }),
  );
}

/** A response, of which `text` has the status and the headers that are not among the `fixed` ones. */
export function respond(text, count, fixed, body) {
  const lines = linesOf(text, 1, count);
  const response = new Response(body, { status: Number(lines[0]), headers: fixed });
  const { headers } = response;
  for (let at = 1; at + 1 < lines.length; at += 2) headers.set(lines[at], lines[at + 1]);
  return response;
}

/** The same with the body of another one, which is not read. */
export const passOn = (text, count, fixed, response) => respond(text, count, fixed, response.body);
