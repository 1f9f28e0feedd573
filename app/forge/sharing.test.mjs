import assert from "node:assert/strict";
import { mock, test } from "node:test";
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

test("what a frame wants next waits until it has what it wanted before", async () => {
  const { asked, all } = frames("seven", 1);
  assert.deepEqual(await Promise.all(["a", "b"].map((chart) => all[0].render(chart))), [{ drawn: "a" }, { drawn: "b" }]);
  assert.deepEqual(asked, [["a"], ["b"]]);
});

test("frames of a page look again within ten seconds, at the same moments, and again after a failure", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_003 });
  try {
    const looked = [[], []];
    for (const [at, frame] of frames("eight", 2).all.entries()) {
      mock.timers.tick(700);
      frame.everyMoment(async () => {
        looked[at].push(Date.now());
        if (looked[at].length === 1) throw new Error("refused");
      });
    }
    for (let second = 0; second < 30; second += 1) {
      mock.timers.tick(1_000);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
    assert.ok(looked[0].length >= 3, `${looked[0]}`);
    assert.deepEqual(looked[0].slice(-2), looked[1].slice(-2));
    looked[0].slice(1).forEach((moment, at) => assert.ok(moment - looked[0][at] <= 10_000, `${looked[0]}`));
  } finally {
    mock.timers.reset();
  }
});
