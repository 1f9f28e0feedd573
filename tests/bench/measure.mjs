// What is measured, the same way on either page.

/** Runs before the page's own scripts: notes the first row, what moves by itself, long tasks and WebAssembly's memory. */
const NOTES = `(() => {
  const notes = (globalThis.notes = { firstRow: null, shift: 0, longTasks: [], memories: [] });
  new PerformanceObserver((list) => notes.longTasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask" });
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) notes.shift += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    if (document.querySelector("tbody tr[aria-rowindex] a")) requestAnimationFrame(() => (notes.firstRow = performance.now()));
    else requestAnimationFrame(look);
  };
  look();
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await original.apply(WebAssembly, given);
      const exported = (made.instance ?? made).exports;
      notes.memories.push(...Object.values(exported).filter((it) => it instanceof WebAssembly.Memory));
      return made;
    };
  }
})()`;

/** Typed one after the other, each when the one before has been answered; then taken back. */
const TYPED = [..."clinic", ..."\b\b\b\b\b\b", ..."harb", ..."\b\b\b\b"];
/** The field waits 200 ms for the next keystroke; then comes the answer. */
const SETTLED = 450;
const SCROLLED = 40_000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Everything that is measured, of the page at `address`. */
export async function measure(browser, address) {
  const page = await browser.open();
  try {
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: NOTES });
    await page.call("Page.navigate", { url: address });
    const firstRow = await until(page, "notes.firstRow");
    await pause(SETTLED);
    const shift = await page.run("notes.shift");
    const keystrokes = await typing(page);
    const scrolling = await scrollingDown(page);
    return { firstRow, shift, keystrokes, scrolling, memory: await memory(page) };
  } finally {
    await page.close();
  }
}

async function until(page, expression) {
  for (let turn = 0; turn < 400; turn++) {
    const value = await page.run(expression);
    if (value) return value;
    await pause(25);
  }
  throw new Error(`The page never came to ${expression}: ${await page.run("document.body.innerText")}`);
}

/** Milliseconds of script, and of everything the page's thread did, per keystroke. */
async function typing(page) {
  await page.run(`document.querySelector("input[type=search]").focus()`);
  const keystrokes = [];
  for (const key of TYPED) {
    const before = await page.metrics();
    await press(page, key);
    await pause(SETTLED);
    keystrokes.push(spent(before, await page.metrics()));
  }
  const rows = await page.run(`document.querySelector("table").getAttribute("aria-rowcount")`);
  if (rows !== "10001") throw new Error(`All rows should be back, not ${rows}`);
  return keystrokes;
}

async function press(page, key) {
  const back = key === "\b";
  const params = back ? { key: "Backspace", code: "Backspace", windowsVirtualKeyCode: 8 } : { key, text: key };
  await page.call("Input.dispatchKeyEvent", { type: "keyDown", ...params });
  await page.call("Input.dispatchKeyEvent", { type: "keyUp", ...params });
}

/** Scrolls as a wheel does, fast, and then to the end at once. */
async function scrollingDown(page) {
  await page.run("notes.longTasks.length = 0");
  const before = await page.metrics();
  await page.call("Input.synthesizeScrollGesture", { x: 640, y: 600, yDistance: -SCROLLED, speed: 6000, gestureSourceType: "mouse" });
  await page.run("scrollTo(0, document.documentElement.scrollHeight)");
  await until(page, `!!document.querySelector("tr[aria-rowindex='10001'] a")`);
  await pause(SETTLED);
  const longTasks = await page.run("notes.longTasks");
  return { ...spent(before, await page.metrics()), longTasks };
}

const spent = (before, after) => ({
  script: (after.ScriptDuration - before.ScriptDuration) * 1000,
  task: (after.TaskDuration - before.TaskDuration) * 1000,
});

/** Megabytes: what JavaScript holds after a collection, and what WebAssembly has taken. */
async function memory(page) {
  await page.call("HeapProfiler.collectGarbage");
  const { JSHeapUsedSize } = await page.metrics();
  const wasm = await page.run("notes.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0)");
  return { heap: JSHeapUsedSize / 1e6, wasm: wasm / 1e6 };
}
