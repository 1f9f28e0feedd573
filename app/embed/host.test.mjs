import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { host } from "./host.js";

const HOST = "https://intranet.example.com";
const OTHER = "https://elsewhere.example.com";
let around;
let hear;

/** A window in a page of `origin`, as far as the browser tells where it is. */
function framed(ancestor, referrer = "") {
  around = { told: [], postMessage: (message, origin) => around.told.push([message, origin]) };
  const listeners = [];
  hear = (message) => listeners.forEach((listener) => listener({ source: around, origin: HOST, ...message }));
  Object.assign(globalThis, {
    window: globalThis,
    parent: around,
    location: { ancestorOrigins: ancestor ? [ancestor] : undefined },
    document: { referrer, documentElement: { getBoundingClientRect: () => ({ height: 300.4 }) } },
    addEventListener: (_, listener) => listeners.push(listener),
  });
}

const token = (text) => ({ data: { type: "causeway:token", token: text } });

beforeEach(() => mock.timers.reset());

test("a token is asked of the page around, and taken from it alone", async () => {
  framed(HOST);
  const page = host([HOST, OTHER]);
  const waiting = page.token();
  assert.deepEqual(around.told, [[{ type: "causeway:token-needed" }, HOST]]);
  hear({ ...token("of another window"), source: {} });
  hear({ ...token("of a page that is not named"), origin: "https://evil.example.com" });
  hear({ data: { type: "causeway:token", token: 7 } });
  hear({ data: { type: "other", token: "of another kind" } });
  hear({ data: null });
  hear(token("good"));
  assert.equal(await waiting, "good");
});

test("a page that does not answer gives none after ten seconds", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  framed(HOST);
  const waiting = host([HOST]).token();
  mock.timers.tick(10_000);
  assert.equal(await waiting, null);
  // What comes too late is given to nobody.
  hear(token("late"));
});

test("nothing is said to origins that the embed does not name", () => {
  framed("https://evil.example.com");
  host([HOST, OTHER]).tellHeight();
  assert.deepEqual(around.told.map(([, origin]) => origin), [HOST, OTHER], "the browser delivers neither");
  framed(null, `${OTHER}/page?secret`);
  host([HOST, OTHER]).tellHeight();
  assert.deepEqual(around.told, [[{ type: "causeway:height", height: 301 }, OTHER]]);
});

test("the same height is told once, and a page of its own tells nobody", async () => {
  framed(HOST);
  const page = host([HOST]);
  page.tellHeight();
  page.tellHeight();
  assert.equal(around.told.length, 1);
  framed(HOST);
  globalThis.parent = globalThis;
  const alone = host([HOST]);
  alone.tellHeight();
  assert.equal(await alone.token(), null);
  assert.deepEqual(around.told, []);
});
