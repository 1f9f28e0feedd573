// What a program does with the client that openapi-typescript makes from openapi.json: with an API key it finds
// connections and tests them; with a session it reads what happened and makes another key. `tsc` checks it first.
import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./openapi.d.ts";

function variable(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
}

const baseUrl = variable("CAUSEWAY_URL");
const key = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${variable("CAUSEWAY_KEY")}` } });
const session = createClient<paths>({
  baseUrl,
  headers: { cookie: variable("CAUSEWAY_COOKIE"), origin: baseUrl, "x-causeway": "1" },
});
const nobody = createClient<paths>({ baseUrl });

/** What the checkup streams: a line of JSON for each step, the verdict last. It is no JSON document, so it is read as text. */
function lines(stream: string): components["schemas"]["CheckupLine"][] {
  return stream.trim().split("\n").map((line) => JSON.parse(line));
}

async function withKey(): Promise<components["schemas"]["Connection"]> {
  const list = await key.GET("/api/v1/connections", { params: { query: { status: "authorized", limit: 1 } } });
  const [first] = list.data?.items ?? [];
  assert(first, "there is a connection");

  const one = await key.GET("/api/v1/connections/{id}", { params: { path: { id: first.id } } });
  assert.equal(one.data?.name, first.name);
  assert.equal(one.response.headers.get("etag"), `"${first.version}"`);

  const path = { id: first.id };
  const checkup = await key.POST("/api/v1/connections/{id}/checkup", { params: { path }, parseAs: "text" });
  const last = lines(checkup.data ?? "").at(-1);
  assert(last?.line === "verdict" && last.status.state === "authorized");
  return first;
}

async function withSession(connection: components["schemas"]["Connection"]) {
  const path = { id: connection.id };
  const timeline = await session.GET("/api/v1/connections/{id}/timeline", { params: { path } });
  const created = timeline.data?.items.find((entry) => entry.event === "created");
  assert(created?.event === "created" && created.account === "Ada Admin" && created.actor.kind === "member");

  const made = await session.POST("/api/v1/api-keys", {
    body: { name: "Made by a generated client", scopes: ["connections:read"], connections: [connection.id] },
  });
  assert(made.data, "a key is made");
  assert(made.data.key.startsWith("cw_"));

  const edit = (tag: string) =>
    session.PATCH("/api/v1/connections/{id}", {
      params: { path, header: { "If-Match": tag } },
      body: { name: "Renamed by a generated client" },
    });
  const saved = await edit(`"${connection.version}"`);
  assert.equal(saved.data?.version, connection.version + 1);
  const stale = await edit(`"${connection.version}"`);
  assert.equal(stale.error?.code, "edit_conflict");

  const revoked = await session.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: made.data.id } } });
  assert.equal(revoked.response.status, 204);
}

async function refused() {
  const { error, response } = await nobody.GET("/api/v1/session");
  // The words of the wire are a type: another spelling here does not compile.
  const code: components["schemas"]["ProblemCode"] = "not_signed_in";
  assert.equal(response.status, 401);
  assert.equal(error?.code, code);
}

await withSession(await withKey());
await refused();
console.log("the main job is done");
