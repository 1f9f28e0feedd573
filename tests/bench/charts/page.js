// The page that draws: the same line by Causeway, uPlot and Chart.js, each in an empty place of 640 × 320 pixels.
import { CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement } from "chart.js";
import uPlot from "uplot";
import init, { Drawing } from "./chart_bench.js";

Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement);
const WIDTH = 640;
const HEIGHT = 320;
const place = document.getElementById("place");
const label = (number) => `Status ${number}`;
/** The same numbers in every round. */
const values = (count) => Array.from({ length: count }, (_, at) => 50 + Math.round(40 * Math.sin(at / 7)) + (at * 7919) % 10);

const amount = (value) => ({ issues: value, value, jql: null, url: null });
function numbers(all) {
  const segments = all.map((value, at) => ({ key: `value:${at}`, label: label(at), color: null, category: null, amount: amount(value), cells: [] }));
  const counted = { at: "2026-12-01T00:00:00Z", by: "jira", zone: "UTC" };
  return { total: amount(all.reduce((sum, value) => sum + value, 0)), segments, columns: [], adds_up: true, counted, notes: [] };
}
const SPEC = { source: { jql: "a" }, mark: "line", group: { field: { id: "status", name: "Status" } }, says: { title: "Issues by status" } };

/** Draws one way. What is ready before is not measured; each answers how what it drew is taken away. */
const ways = {
  figure(all) {
    const drawing = new Drawing(JSON.stringify(SPEC), JSON.stringify(numbers(all)));
    return () => {
      place.innerHTML = drawing.figure(WIDTH);
      return () => drawing.free();
    };
  },
  picture(all) {
    const drawing = new Drawing(JSON.stringify(SPEC), JSON.stringify(numbers(all)));
    return () => {
      place.innerHTML = drawing.picture(WIDTH);
      return () => drawing.free();
    };
  },
  uplot(all) {
    const data = [all.map((_, at) => at), all];
    const options = { width: WIDTH, height: HEIGHT, scales: { x: { time: false } }, series: [{}, { label: "Issues", stroke: "#1868db" }] };
    return () => {
      const plot = new uPlot(options, data, place);
      return () => plot.destroy();
    };
  },
  chartjs(all) {
    const data = { labels: all.map((_, at) => label(at)), datasets: [{ label: "Issues", data: all, borderColor: "#1868db" }] };
    return () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [WIDTH, HEIGHT];
      place.append(canvas);
      const chart = new Chart(canvas, { type: "line", data, options: { animation: false, responsive: false } });
      return () => chart.destroy();
    };
  },
};

/** Milliseconds from the call until the page has laid out what was drawn: the mean of `times`. What a library leaves to a microtask is waited for. */
globalThis.measure = async (way, count, times) => {
  const all = values(count);
  let spent = 0;
  for (let time = 0; time < times; time += 1) {
    const draw = ways[way](all);
    place.replaceChildren();
    place.getBoundingClientRect();
    const begun = performance.now();
    const end = draw();
    for (let turn = 0; turn < 3; turn += 1) await null;
    place.getBoundingClientRect();
    spent += performance.now() - begun;
    if (place.children.length === 0) throw new Error(`${way} drew nothing`);
    end();
  }
  return spent / times;
};
await init();
globalThis.isReady = true;
