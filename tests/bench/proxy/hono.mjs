// A Worker in JavaScript that does what a call through Causeway needs in the steady state, and no more: the key is known
// by its digest and its access remembered for ten seconds, the token is cached, fixed lists of headers cross, paths are
// checked, nothing is followed or kept, and Jira has a minute for the first byte.
//
// Rules that no honest proxy of Jira can leave out are kept, too: a call of its own is refused, headers have a largest
// size, headers that `Connection` names stay behind, and calls are counted by key and hour.
//
// What Causeway does besides is left out, in favour of this one: rate limits, concurrency, retries, refused credentials,
// sign-in pages, added API families, the forms of keys, queries and bodies, and sending the counts.
import { Hono } from "hono";

const UP = ["accept", "accept-language", "content-encoding", "content-type", "if-match", "if-none-match",
  "if-modified-since", "if-unmodified-since", "range", "x-experimentalapi", "x-force-accept-language"];
const DOWN = ["accept-ranges", "allow", "atl-request-id", "atl-traceid", "content-encoding", "content-language",
  "content-disposition", "content-length", "content-range", "content-type", "deprecation", "etag", "last-modified",
  "link", "ratelimit", "ratelimit-policy", "ratelimit-reason", "retry-after", "sunset", "warning", "x-arequestid",
  "x-ratelimit-fillrate", "x-ratelimit-interval-seconds", "x-ratelimit-limit", "x-ratelimit-nearlimit",
  "x-ratelimit-remaining", "x-ratelimit-reset"];
const OURS = {
  "cache-control": "private, no-store",
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
};
const FAMILIES = [["rest", "api"], ["rest", "agile"], ["rest", "software"], ["rest", "servicedeskapi"]];
const FIRST_BYTE = 60_000;
const HEADER_BYTES = 32 * 1024;
const HOUR = 3_600_000;

/** What keys may do, by digest, at most ten seconds old. */
const access = new Map();

/** How many calls there were, by key, hour and status. */
const counts = new Map();

function count(known, status) {
  const counted = `${known} ${Math.floor(Date.now() / HOUR)} ${status}`;
  counts.set(counted, (counts.get(counted) ?? 0) + 1);
}

function bytes(headers) {
  let sum = 0;
  headers.forEach((value, name) => (sum += name.length + value.length));
  return sum;
}

async function digest(key) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function granted(env, known) {
  const remembered = access.get(known);
  if (remembered && Date.now() - remembered.at < 10_000) return remembered.grant;
  const grant = JSON.parse(env.ACCESS)[known];
  access.set(known, { grant, at: Date.now() });
  return grant;
}

function isAllowed(path) {
  if (path.includes("\\") || /%(2e|2f|5c|00|25)/i.test(path)) return false;
  const segments = path.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) return false;
  return FAMILIES.some((family) => family.every((name, at) => segments[at]?.toLowerCase() === name));
}

/** The first byte of the answer, or nothing after a minute. */
async function inTime(answer) {
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, FIRST_BYTE)));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const problem = (status) => Response.json({ status }, { status, headers: OURS });

const app = new Hono();
app.all("/api/v1/connections/:connection/jira/*", async (context) => {
  const request = context.req.raw;
  if (request.headers.has("causeway-hop")) return problem(508);
  if (bytes(request.headers) > HEADER_BYTES) return problem(431);
  const key = request.headers.get("authorization")?.match(/^Bearer (cw_[\w-]+)$/i)?.[1];
  if (!key) return problem(401);
  const known = `${await digest(key)} ${context.req.param("connection")}`;
  const grant = granted(context.env, known);
  if (!grant) return problem(404);
  const begin = request.url.indexOf("/jira/") + 6;
  const target = request.url.slice(begin);
  if (!isAllowed(target.split("?", 1)[0])) return problem(400);
  if (grant.expires <= Date.now()) return problem(503);

  const id = `req_${crypto.randomUUID()}`;
  const up = { "user-agent": "hono", "x-request-id": id, "causeway-hop": "1", authorization: `Bearer ${grant.token}` };
  const named = request.headers.get("connection")?.toLowerCase().split(/\s*,\s*/);
  for (const name of UP) {
    const value = request.headers.get(name);
    if (value !== null && !named?.includes(name)) up[name] = value;
  }
  up["accept-encoding"] = request.headers.get("accept-encoding")?.includes("gzip") ? "gzip" : "identity";
  const body = request.method === "GET" || request.method === "HEAD" ? undefined : request.body;
  const init = { method: request.method, headers: up, body, redirect: "manual", cache: "no-store" };
  const answer = await inTime(fetch(`${context.env.UPSTREAM}/${target}`, init));
  count(known, answer?.status ?? 504);
  if (!answer) return problem(504);

  const down = { ...OURS, "x-request-id": id };
  for (const name of DOWN) {
    const value = answer.headers.get(name);
    if (value !== null) down[name] = value;
  }
  return new Response(answer.body, { status: answer.status, headers: down });
});
export default app;
