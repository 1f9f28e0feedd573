// For the administrators of a site: who lets Causeway read Jira as them, and where consents are seen at Atlassian.
import { call } from "./causeway.js";
import { h, show } from "./dom.js";
import { start } from "./start.js";

const day = (moment) => (moment ? new Date(moment).toLocaleDateString() : "never");

start(async (place) => {
  const { viewers } = await call("GET", "access");
  const rows = (viewers ?? []).flatMap(({ name, grants }) =>
    grants.map((grant) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, grant.site.name), h("td", {}, day(grant.authorized_at)), h("td", {}, day(grant.last_used_at))),
    ),
  );
  const head = h("tr", {}, ...["Person", "Jira site", "Since", "Last used"].map((name) => h("th", { scope: "col" }, name)));
  const outside = h("a", { href: "https://admin.atlassian.com/", target: "_blank", rel: "noopener" }, "Connected apps at Atlassian");
  show(
    place,
    h("h1", {}, "Causeway"),
    h("p", {}, "Whoever loads a chart lets Causeway read one Jira site as them, for charts alone. Removing the app removes all of it."),
    rows.length > 0
      ? h("table", {}, h("caption", {}, "Who has authorized Causeway"), h("thead", {}, head), h("tbody", {}, ...rows))
      : h("p", {}, "Nobody has loaded a chart yet."),
    h("p", {}, "The consents themselves are listed, and can be removed, among the ", outside, "."),
  );
});
