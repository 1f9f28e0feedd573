// What crosses between the platform and WebAssembly as one text. A call for each header, a text for each name and value,
// and an object for each option cost more than all that the proxy does by itself; see "The proxy's steady state" in
// ARCHITECTURE.md for the numbers.
//
// A text is lines: what is said first, then a name and a value for each header. No header of the platform has a line
// break in it, and the Worker sends none that has.

const encoder = new TextEncoder();

/**
 * Writes the first line and the headers to a view of WebAssembly's memory. Answers how many bytes that are, or, where they
 * may not fit, the negative of how many are surely enough.
 */
function write(line, headers, buffer) {
  let text = line;
  headers.forEach((value, name) => (text += `\n${name}\n${value}`));
  const { read, written } = encoder.encodeInto(text, buffer);
  return read === text.length ? written : -3 * text.length;
}

/** Method, address and headers of a request. */
export const readRequest = (request, buffer) => write(`${request.method}\n${request.url}`, request.headers, buffer);

/** Status and headers of a response. */
export const readResponse = (response, buffer) => write(`${response.status}`, response.headers, buffer);

/** The headers that begin at a line. */
function headersFrom(lines, first) {
  const headers = {};
  for (let at = first; at < lines.length; at += 2) headers[lines[at]] = lines[at + 1];
  return headers;
}

/**
 * Sends a request, of which `text` has the method, the address and the headers. Follows no redirect. Uses no cache:
 * Cloudflare's is keyed by the address alone, so it would serve one account's response to another.
 *
 * With a `limit` in milliseconds, it is rejected with nothing if there is no response by then. A timer does that, and not
 * the platform's AbortSignal.timeout: that would go on to limit the response's body, and any signal costs a tenth of what a
 * call costs. What is given up ends with the request that it belongs to.
 */
export function send(text, body, signal, limit) {
  const lines = text.split("\n");
  const [method, address] = lines;
  const init = { method, headers: headersFrom(lines, 2), redirect: "manual", cache: "no-store" };
  if (body) init.body = body;
  if (signal) init.signal = signal;
  const answer = globalThis.fetch(address, init);
  if (limit === undefined) return answer;
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject();
    }, limit);
    answer.then(
      (response) => {
        clearTimeout(timer);
        if (isLate) response.body?.cancel();
        resolve(response);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** A response, of which `text` has the status and the headers. */
export function respond(text, body) {
  const lines = text.split("\n");
  return new Response(body, { status: Number(lines[0]), headers: headersFrom(lines, 1) });
}

/** The same with the body of another one, which is not read. */
export const passOn = (text, response) => respond(text, response.body);
