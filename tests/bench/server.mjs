// What both pages are served by: their files, and of the contract what the Connections screen asks for.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml" };
const STATES = ["authorized", "interrupted", "unauthorized"];
const SESSION = {
  member: { id: "mem_1", email: "ada@example.com", name: "Ada Admin", role: "administrator" },
  organization: "default",
  expires_at: "2100-01-01T00:00:00Z",
};
const ATTENTION = { stories: [], needs: [], total: 0, more: 0 };

const URGENCY = { unauthorized: 0, interrupted: 1, deactivated: 2, authorized: 3 };
const urgency = ({ status }) => URGENCY[status.state];

const ORDERS = {
  name: (one, other) => compare(one.key, other.key),
  attention: (one, other) => compare(urgency(one.shown), urgency(other.shown)) || compare(one.key, other.key),
  last_activity: (one, other) => compare(one.shown.last_activity_at, other.shown.last_activity_at),
};
const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** The list of the contract over these connections: searched, narrowed, ordered, counted, paged. */
function lists(all) {
  const rows = all.map((shown) => {
    const words = [shown.name, shown.site.name, shown.site.url, shown.account.name].join("\n").toLowerCase();
    return { shown, words, key: shown.name.toLowerCase() };
  });
  const sorted = {};
  for (const [order, by] of Object.entries(ORDERS)) {
    sorted[order] = rows.toSorted((one, other) => by(one, other) || compare(one.shown.id, other.shown.id));
    sorted[`-${order}`] = sorted[order].toReversed();
  }
  return (query) => {
    const words = (query.get("q") ?? "").toLowerCase();
    const found = sorted[query.get("sort") ?? "name"].filter((row) => row.words.includes(words));
    const counts = { authorized: 0, interrupted: 0, unauthorized: 0, deactivated: 0, deleted: 0, ends_soon: 0 };
    for (const row of found) counts[row.shown.status.state] += 1;
    const state = query.get("status");
    const kept = STATES.includes(state) ? found.filter((row) => row.shown.status.state === state) : found;
    const from = Number(query.get("skip") ?? 0);
    const to = from + Number(query.get("limit") ?? 100);
    const items = query.get("deleted") === "true" ? [] : kept.slice(from, to).map((row) => row.shown);
    return { items, next_cursor: to < kept.length ? "next" : null, counts };
  };
}

/** Serves `folder` and the contract on a free port of this machine. Answers the address and how to stop. */
export async function serve(folder, all) {
  const list = lists(all);
  const answers = {
    "/api/v1/session": () => SESSION,
    "/api/v1/attention": () => ATTENTION,
    "/api/v1/connections": list,
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const answer = answers[pathname];
    if (answer) {
      response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
      return response.end(JSON.stringify(answer(searchParams)));
    }
    const path = pathname === "/" ? "index.html" : normalize(pathname);
    try {
      const file = await readFile(join(folder, path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", "cache-control": "no-store" });
      response.end(file);
    } catch {
      response.writeHead(404, { "content-type": "application/json" });
      response.end("{}");
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => new Promise((stopped) => (server.closeAllConnections(), server.close(stopped)));
  return { address: `http://127.0.0.1:${server.address().port}`, stop };
}
