// The host page: frames with the app, and what their bridges ask.
const parameters = new URLSearchParams(location.search);
const person = parameters.get("person") ?? "";
const pageId = parameters.get("page") ?? "98765";
const resource = parameters.get("resource") ?? "view";
const module = parameters.get("module") ?? "jira-chart";
const place = document.getElementById("frames");
const charts = parameters.getAll("chart");
const frames = new Map();

const sandbox =
  "allow-downloads allow-forms allow-modals allow-pointer-lock allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts";

for (const [number, chart] of (charts.length > 0 ? charts : [""]).entries()) {
  const frame = document.createElement("iframe");
  frame.title = `Jira chart ${number + 1}`;
  frame.setAttribute("sandbox", sandbox);
  frame.width = "100%";
  frame.height = "460";
  frame.src = `${place.dataset.app}/${resource}/index.html`;
  place.append(frame);
  frames.set(frame.contentWindow, chart);
}

const context = (chart) => ({
  accountId: person || undefined,
  cloudId: "1f0c6a52-6f3e-4b0a-8c4e-5d1a7e9b0001",
  siteUrl: "https://harbour.atlassian.net",
  localId: chart,
  moduleKey: module,
  environmentType: "PRODUCTION",
  locale: "en-GB",
  timezone: "Europe/Berlin",
  extension: { type: "macro", config: chart ? { chart, ...(parameters.get("access") === "given" && { delegated: true }) } : {}, content: { id: pageId, type: "page" }, space: { id: "1", key: "HAR" } },
});

const bridge = {
  getContext: (_, chart) => context(chart),
  enableTheming: () => ({ theme: parameters.get("theme") ?? "light" }),
  async invoke({ method, path, body }) {
    const query = new URLSearchParams({ person, module, page: pageId, method, path });
    const answer = await fetch(`/forge/invoke?${query}`, { method: "POST", body: body ? JSON.stringify(body) : "" });
    return answer.ok ? { success: true, payload: await answer.json() } : { success: false, error: { status: 502 } };
  },
  // Unless the address says so, the app is not connected to the Jira of the site.
  async fetchProduct({ product, restPath, fetchRequestInit }) {
    const refused = { status: 401, statusText: "Unauthorized", headers: {}, body: JSON.stringify({ code: 401, message: "Unauthorized" }) };
    if (product !== "jira" || parameters.get("jira") !== "connected") return refused;
    const { method = "GET", body } = fetchRequestInit ?? {};
    const query = new URLSearchParams({ person, method, path: restPath });
    const answer = await fetch(`/forge/jira?${query}`, { method: "POST", body: body || "" });
    return { status: answer.status, statusText: answer.statusText, headers: { "content-type": "application/json" }, body: await answer.text() };
  },
  navigate({ url }) {
    if (parameters.has("popups")) throw new Error("The browser blocked the window.");
    window.open(url, "_blank", "noopener");
  },
  submit(config) {
    document.getElementById("saved").textContent = JSON.stringify(config);
  },
  emit() {},
  emitReadyEvent() {},
  close() {},
};

let violations = 0;
addEventListener("message", async ({ source, data }) => {
  if (!frames.has(source)) return;
  if (data.violation) {
    violations += 1;
    document.getElementById("violations").textContent = `${violations} violations (${data.violation})`;
    return;
  }
  try {
    const answer = await bridge[data.name](data.payload, frames.get(source));
    source.postMessage({ bridge: data.bridge, answer, theme: answer?.theme }, "*");
  } catch (error) {
    source.postMessage({ bridge: data.bridge, error: error.message }, "*");
  }
});
