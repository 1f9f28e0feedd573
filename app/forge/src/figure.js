// Shows a chart, or what became of it: one sentence, its cause, and one button.
import { router } from "bridge/router";
import { counted } from "./browser.js";
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

/** Who can be asked for access, and what to send them: readers need not have Causeway. */
function asking({ author, ask_url, edit_url }) {
  const url = ask_url ?? edit_url;
  const address = h("input", { id: "address", readOnly: true, value: url, onfocus: () => address.select() });
  return h(
    "div",
    { className: "form" },
    h("p", {}, `${author ?? "Somebody"} made this chart. Send them this address: there they give access for this page, or ask whoever has it.`),
    h("p", {}, h("label", { for: "address" }, "Address to send"), address),
    h("p", { className: "actions" }, button("Open in Causeway", () => router.open(url))),
  );
}

/**
 * A chart in `place`. `page` is what frames share, `context` what the host says about the reader's language. `delegated`:
 * it is shown with the access that somebody gave for this page, and never with the reader's own unless the reader says so.
 */
export function figure(place, { chart, delegated = false, page, context, onDrawn = () => {} }) {
  let site = null;
  let state = "";
  let title = "";
  let isDelegated = delegated;
  const width = () => Math.min(1600, Math.max(240, Math.floor(place.clientWidth || 640)));

  async function load(refresh = false) {
    if (!state) show(place, h("p", { role: "status", className: "loading" }, "Loading the chart…"));
    try {
      const request = { chart, width: width(), delegated: isDelegated };
      const render = refresh ? (await call("POST", "renders", { charts: [request], refresh })).renders[0] : await page.render(request);
      const own = render.counts_in_browser ? await counted({ chart, width: width() }, context?.timezone) : null;
      draw(own ?? render, Boolean(own));
    } catch (refused) {
      refuse(refused);
    }
  }

  function refuse(refused) {
    state = "refused";
    show(place, card({ title, sentences: [refused.message, refused.remedy], actions: [button("Try again", () => load())], tone: "warning" }));
  }

  function draw(render, isCounted = false) {
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
    const isOwn = render.access?.kind === "own" && !isCounted;
    show(place, state === "drawn" ? null : stateCard(render), drawn, isOwn ? ownAccess(() => load()) : null);
    onDrawn(render);
  }

  function stateCard(render) {
    const ask = () => show(place, stateCard({ ...render, button: "" }), asking(render));
    const act = { authorize: load_chart, edit: () => router.open(render.edit_url), try_again: () => load(true), ask }[render.action];
    const actions = render.button && act ? [button(render.button, act, render.action === "authorize")] : [];
    if (render.action === "ask" && state !== "no_own_access" && context?.accountId) actions.push(button("Load with my access", loadOwn));
    return card({
      title: render.title ?? "Jira chart",
      sentences: [render.sentence, render.cause],
      actions,
      tone: state === "consent_needed" ? "" : "warning",
    });
  }

  /** The reader's own choice, for as long as the page is open. */
  async function loadOwn() {
    isDelegated = false;
    state = "";
    await load();
    (place.querySelector(".chart-target[tabindex='0']") ?? place.querySelector("button"))?.focus();
  }

  /** Looks whether what is shown may still be shown: access can end at any time. */
  async function lookAgain() {
    if (!isDelegated || !state || document.hidden) return;
    let seen;
    try {
      seen = await page.render({ chart, delegated: true, check: true });
    } catch {
      // It is looked at again in a moment.
      return;
    }
    const isShown = state === "drawn" || state === "stale";
    if (!isDelegated || (isShown ? seen.state === "drawn" : seen.state === state)) return;
    if (seen.state === "drawn") load();
    else draw(seen);
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

  if (delegated) {
    page.everyMoment(lookAgain);
    document.addEventListener("visibilitychange", lookAgain);
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
