// The editor of the macro and of the gadget: choose a chart, or make one of a query.
import { view } from "bridge/view";
import { call } from "./causeway.js";
import { consent } from "./consent.js";
import { button, h, show } from "./dom.js";
import { start } from "./start.js";
import { TEMPLATES, spec } from "./templates.js";

start(async (place, context) => {
  const { type, config, gadgetConfiguration } = context.extension ?? {};
  const { chart: current, delegated } = config ?? gadgetConfiguration ?? {};
  // Access is given for pages of Confluence alone.
  const isPage = type === "macro";
  const said = h("p", { role: "status", className: "said" });
  const list = h("ul", { className: "charts" });
  const form = h("div", { className: "form" });
  const search = h("input", { type: "search", id: "search", autocomplete: "off" });

  const own = h("input", { type: "radio", name: "access", id: "own", checked: delegated !== true });
  const given = h("input", { type: "radio", name: "access", id: "given", checked: delegated === true });
  const choice = (input, label) => h("p", { className: "choice" }, input, h("label", { for: input.id }, label));
  const access = h(
    "fieldset",
    {},
    h("legend", {}, "Readers see it with"),
    choice(own, "Their own access to Jira"),
    choice(given, "Access that somebody gives for this page"),
    h("p", { className: "subtle" }, "It is given in Causeway, for this page alone. Then readers without Jira see the numbers, too, and whose access it is."),
  );

  async function use(chart, title) {
    const chosen = { chart, title, ...(isPage && given.checked && { delegated: true }) };
    await view.submit(type === "macro" ? { config: chosen } : chosen);
  }

  async function attempt(work) {
    said.textContent = "";
    try {
      await work();
    } catch (refused) {
      said.textContent = [refused.message, refused.remedy].filter(Boolean).join(" ");
    }
  }

  async function find() {
    const { charts, sites } = await call("GET", `charts?q=${encodeURIComponent(search.value.trim())}`);
    const line = ({ id, title, site }) => {
      const choose = button(title, () => attempt(() => use(id, title)));
      if (id === current) choose.setAttribute("aria-current", "true");
      return h("li", {}, choose, h("span", { className: "subtle" }, site.name));
    };
    show(list, ...charts.map(line));
    if (charts.length === 0) show(list, h("li", { className: "subtle" }, "No chart has this title."));
    return sites;
  }

  function newChart(sites) {
    const site = h("select", { id: "site" }, ...sites.map((one) => h("option", { value: one.key }, one.site.name)));
    const template = h("select", { id: "template" }, ...TEMPLATES.map((one, at) => h("option", { value: String(at) }, one.name)));
    const jql = h("textarea", { id: "jql", rows: 3, spellcheck: false, value: "statusCategory != Done" });
    const title = h("input", { id: "title", value: TEMPLATES[0].name });
    template.addEventListener("change", () => {
      if (TEMPLATES.some((one) => one.name === title.value)) title.value = TEMPLATES[template.value].name;
    });
    const create = async () => {
      const body = { site: site.value, spec: spec(TEMPLATES[template.value], jql.value, title.value.trim()) };
      try {
        const made = await call("POST", "charts", body);
        await use(made.id, made.title);
      } catch (refused) {
        if (refused.code !== "consent_needed") throw refused;
        const ended = await consent({ site: site.value }, "Access to Jira", form);
        fields();
        if (ended.state !== "drawn") throw Object.assign(new Error(ended.sentence), { remedy: ended.remedy });
        const made = await call("POST", "charts", body);
        await use(made.id, made.title);
      }
    };
    const labelled = (label, input) => h("p", {}, h("label", { for: input.id }, label), input);
    const fields = () =>
      show(
        form,
        labelled("Jira site", site),
        labelled("Drawn as", template),
        labelled("Query (JQL)", jql),
        labelled("Title", title),
        h("p", { className: "actions" }, button("Create and use", () => attempt(create), true)),
      );
    if (sites.length === 0) show(form, h("p", { className: "subtle" }, "No Jira site is known yet. Connect one in Causeway."));
    else fields();
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => attempt(find), 200);
  });
  show(
    place,
    isPage ? access : null,
    h("section", { "aria-labelledby": "choose" }, h("h2", { id: "choose" }, "Choose a chart"), h("p", {}, h("label", { for: "search" }, "Search"), search), list),
    h("section", { "aria-labelledby": "new" }, h("h2", { id: "new" }, "New chart of a query"), form),
    said,
  );
  await attempt(async () => newChart(await find()));
});
