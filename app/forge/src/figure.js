// Shows a chart, or what became of it: one sentence, its cause, and one button.
import { router } from "bridge/router";
import { call } from "./causeway.js";
import { consent } from "./consent.js";
import { button, card, h, show } from "./dom.js";
import { localized, press } from "./drawn.js";

/** What the reader lets Causeway read, with a way to take it back. It is asked for when it is opened. */
function ownAccess(onRemoved) {
  const place = h("div", { className: "access" });
  const details = h("details", {}, h("summary", {}, "Your access"), place);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    show(place, h("p", { role: "status" }, "One moment…"));
    try {
      const { grants, consent_url } = await call("GET", "access");
      const lines = grants.map((grant) => h("li", {}, `${grant.site.name}, as ${grant.account?.name ?? "your account"}`));
      const remove = async () => {
        await call("DELETE", "access", {});
        onRemoved();
      };
      const outside = h("a", { href: consent_url, target: "_blank", rel: "noopener" }, "Your apps at Atlassian");
      show(
        place,
        h("p", {}, lines.length > 0 ? "Causeway reads Jira as you, for charts alone:" : "Causeway does not read Jira as you."),
        h("ul", {}, ...lines),
        lines.length > 0 ? h("p", { className: "actions" }, button("Remove access", remove), outside) : h("p", {}, outside),
      );
    } catch (refused) {
      show(place, h("p", { role: "alert" }, `${refused.message} ${refused.remedy ?? ""}`));
    }
  });
  return details;
}

/** A chart in `place`. `page` is what frames share, `context` what the host says about the reader's language. */
export function figure(place, { chart, page, context, onDrawn = () => {} }) {
  let site = null;
  let state = "";
  let title = "";
  const width = () => Math.min(1600, Math.max(240, Math.floor(place.clientWidth || 640)));

  async function load(refresh = false) {
    if (!state) show(place, h("p", { role: "status", className: "loading" }, "Loading the chart…"));
    try {
      const request = { chart, width: width() };
      draw(refresh ? (await call("POST", "renders", { charts: [request], refresh })).renders[0] : await page.render(request));
    } catch (refused) {
      refuse(refused);
    }
  }

  function refuse(refused) {
    state = "refused";
    show(place, card({ title, sentences: [refused.message, refused.remedy], actions: [button("Try again", () => load())], tone: "warning" }));
  }

  function draw(render) {
    ({ state } = render);
    site = render.site?.cloud_id ?? null;
    title = render.title ?? "";
    if (!render.figure) {
      show(place, stateCard(render));
      onDrawn(render);
      return;
    }
    const drawn = h("div", { className: "figure", onkeydown: press });
    // Causeway wrote it and escaped every text in it; it holds no script and no style.
    drawn.innerHTML = render.figure;
    localized(drawn, render.counted_at, context);
    const isOwn = render.access?.kind === "own";
    show(place, state === "drawn" ? null : stateCard(render), drawn, isOwn ? ownAccess(() => load()) : null);
    onDrawn(render);
  }

  function stateCard(render) {
    const act = { authorize: load_chart, edit: () => router.open(render.edit_url), try_again: () => load(true) }[render.action];
    const actions = render.button && act ? [button(render.button, act, render.action === "authorize")] : [];
    return card({
      title: render.title ?? "Jira chart",
      sentences: [render.sentence, render.cause],
      actions,
      tone: state === "consent_needed" ? "" : "warning",
    });
  }

  async function load_chart() {
    try {
      const ended = await consent({ chart }, title, place);
      if (ended.state === "drawn") {
        page.tellAuthorized(site);
        await load();
        place.querySelector(".chart-target[tabindex='0']")?.focus();
        return;
      }
      ({ state } = ended);
      show(place, card({ title, sentences: [ended.sentence, ended.remedy], actions: [button(ended.button, load_chart, true)], tone: "warning" }));
    } catch (refused) {
      refuse(refused);
    }
  }

  page.onAuthorized((other) => {
    if (other === site && (state === "consent_needed" || state === "wrong_account")) load();
  });
  let drawnAt = width();
  addEventListener("resize", () => {
    if (state === "drawn" && Math.abs(width() - drawnAt) > 24) {
      drawnAt = width();
      load();
    }
  });
  return { load };
}
