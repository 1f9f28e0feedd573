// The page of a Jira project: all charts that there are, one of them drawn.
import { call } from "./causeway.js";
import { button, card, h, show } from "./dom.js";
import { figure } from "./figure.js";
import { start } from "./start.js";

start(async (place, context, page) => {
  const { charts } = await call("GET", "charts");
  if (charts.length === 0) {
    show(place, card({ title: "Charts", sentences: ["There is no chart yet.", "Make one in Causeway, or with the macro in Confluence."] }));
    return;
  }
  const drawn = h("div", { className: "drawn" });
  const choose = (chart, pressed) => {
    list.querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    pressed.setAttribute("aria-current", "true");
    const room = h("div");
    show(drawn, room);
    figure(room, { chart: chart.id, page, context }).load();
  };
  const line = (chart) => {
    const pressed = button(chart.title, () => choose(chart, pressed));
    return h("li", {}, pressed, h("span", { className: "subtle" }, chart.site.name));
  };
  const list = h("ul", { className: "charts" }, ...charts.map(line));
  show(place, h("h1", {}, "Charts"), list, drawn);
  list.querySelector("button").click();
});
