import assert from "node:assert/strict";
import { test } from "node:test";
import { sharing } from "./src/sharing.js";

/** Frames of a page whose requests are counted. */
function frames(page, count, answer = (chart) => ({ drawn: chart })) {
  const asked = [];
  const renders = async (charts) => {
    asked.push(charts);
    return charts.map(answer);
  };
  return { asked, all: Array.from({ length: count }, () => sharing(page, renders)) };
}

test("frames that want a chart at the same time ask in one request, and each gets its own", async () => {
  const { asked, all } = frames("one", 10);
  const drawn = await Promise.all(all.map((frame, number) => frame.render(number)));
  assert.deepEqual(drawn, all.map((_, number) => ({ drawn: number })));
  assert.deepEqual(asked.map((charts) => charts.length), [10]);
});

test("a frame that comes later asks for itself", async () => {
  const { asked, all } = frames("two", 2);
  assert.deepEqual(await all[0].render("a"), { drawn: "a" });
  assert.deepEqual(await all[1].render("b"), { drawn: "b" });
  assert.deepEqual(asked, [["a"], ["b"]]);
});

test("frames of another page, or of somebody else, hear nothing", async () => {
  const [one, other] = [frames("three", 1), frames("four", 1)];
  await Promise.all([one.all[0].render("a"), other.all[0].render("b")]);
  assert.deepEqual([one.asked, other.asked], [[["a"]], [["b"]]]);
});

test("where the one that asks for all is refused, each of the others asks for itself", async () => {
  let isFirst = true;
  const renders = async (charts) => {
    if (isFirst) {
      isFirst = false;
      throw new Error("refused");
    }
    return charts.map((chart) => ({ drawn: chart }));
  };
  const all = Array.from({ length: 3 }, () => sharing("five", renders));
  const ended = await Promise.allSettled(all.map((frame, number) => frame.render(number)));
  assert.deepEqual(ended.map(({ status }) => status).sort(), ["fulfilled", "fulfilled", "rejected"]);
});

test("what one frame was allowed is told to the others", async () => {
  const { all } = frames("six", 2);
  const heard = new Promise((resolve) => all[1].onAuthorized(resolve));
  all[0].tellAuthorized("site");
  assert.equal(await heard, "site");
});
