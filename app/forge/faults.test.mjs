import assert from "node:assert/strict";
import { test } from "node:test";
import { faults } from "./faults.mjs";

const sound = () => ({
  app: { compatibility: { confluence: { required: true }, jira: { required: false } } },
  modules: { macro: [{ key: "m" }], "jira:projectPage": [{ key: "p" }], endpoint: [{ key: "e", remote: "r" }] },
  remotes: [{ key: "r", operations: ["compute"] }],
});

test("a sound manifest has no faults", () => assert.deepEqual(faults(sound()), []));

for (const [what, breaks, says] of [
  ["a remote without compute", (m) => (m.remotes[0].operations = ["fetch"]), /compute/],
  ["a macro where Confluence is optional", (m) => (m.app.compatibility.confluence.required = false), /optional/],
  ["two products without compatibility", (m) => delete m.app.compatibility, /two products/],
  ["two products of which one is named", (m) => delete m.app.compatibility.jira, /two products/],
  ["a macro with unlicensedAccess", (m) => (m.modules.macro[0].unlicensedAccess = ["anonymous"]), /unlicensedAccess/],
  ["an OAuth provider without refresh", (m) => (m.providers = { auth: [{ key: "a", type: "oauth2", actions: {} }] }), /refreshToken/],
]) {
  test(`${what} is a fault`, () => {
    const manifest = sound();
    breaks(manifest);
    assert.match(faults(manifest).join(" "), says);
  });
}
