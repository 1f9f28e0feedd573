// A chart on a page, or on a dashboard.
import { view } from "bridge/view";
import { card, show } from "./dom.js";
import { figure } from "./figure.js";
import { start } from "./start.js";

start(async (place, context, page) => {
  const { config, gadgetConfiguration } = context.extension ?? {};
  const { chart, delegated } = config ?? gadgetConfiguration ?? {};
  if (!chart) {
    show(place, card({ title: "Jira chart", sentences: ["No chart is chosen yet.", "Edit this, and choose one."] }));
    return;
  }
  // An export of the page waits for this.
  const onDrawn = () => view.emitReadyEvent().catch(() => {});
  await figure(place, { chart, delegated: delegated === true, page, context, onDrawn }).load();
});
