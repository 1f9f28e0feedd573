// Shows a chart in a page of somebody else. The page that loads this is written by the edge, which says in its attributes
// which embed it is. Nothing is kept in the browser, and no cookie is sent along.
import { button, card, h, show } from "../forge/src/dom.js";
import { localized, press } from "../forge/src/drawn.js";
import { host } from "./host.js";

/** How often it is asked whether the chart is still shown, and whether there are newer numbers. */
const LOOK = 6_000;
/** How long before a session ends the host is asked for another token. */
const AHEAD = 60_000;

const place = document.getElementById("root");
const { embed, kind, origins } = place.dataset;
const page = host(origins.split(" "));

let session = null;
let shown = { countedAt: null, width: 0 };
let busy = false;

class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? "Causeway does not answer.");
    this.status = status;
  }
}

async function ask(path, body) {
  let answer;
  try {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    answer = await fetch(`/embed/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
  } catch {
    throw new Refused(0);
  }
  const content = await answer.json().catch(() => undefined);
  if (answer.ok && content) return content;
  throw new Refused(answer.status, content);
}

/** The token in the fragment of the address, which reaches no server. */
const fragment = () => new URLSearchParams(location.hash.slice(1)).get("t");

async function exchange(token) {
  const opened = await ask("sessions", { embed, token });
  session = { text: opened.session, until: Date.parse(opened.expires_at) };
}

/** A session, with the token of the address or with one that the host signs now. */
async function opened() {
  if (kind !== "signed" || (session && Date.now() < session.until - AHEAD)) return;
  const first = session ? null : fragment();
  if (first) {
    try {
      return await exchange(first);
    } catch (refused) {
      // The token of the address may be old, as after *Back*. Whatever else is wrong is told below.
      if (refused.status !== 401) throw refused;
    }
  }
  const token = await page.token();
  if (token) return exchange(token);
  if (!session || Date.now() >= session.until) throw new Refused(401);
}

const width = () => Math.min(1600, Math.max(240, Math.floor(place.clientWidth || 640)));

/** Shows a card in place of the chart. One that stands there already is left, so that nobody hears it again. */
function say(title, sentences, again) {
  const words = [title, ...sentences].join("\n");
  if (place.dataset.says === words) return;
  place.dataset.says = words;
  shown = { countedAt: null, width: 0 };
  show(place, card({ title, sentences, actions: again ? [button("Try again", () => load())] : [], tone: "warning" }));
  page.tellHeight();
}

function draw(render, drawnWidth) {
  if (render.figure === null && render.counted_at) return;
  if (!render.figure) {
    say(render.title, [render.sentence, render.cause].filter(Boolean), false);
    return;
  }
  const had = document.activeElement?.closest?.(".figure") ? marked() : -1;
  const isOpen = place.querySelector(".chart-numbers")?.open;
  const drawn = h("div", { className: "figure", onkeydown: press });
  // Causeway wrote it and escaped every text in it; it holds no script and no style.
  drawn.innerHTML = render.figure;
  localized(drawn, render.counted_at);
  const table = drawn.querySelector(".chart-numbers");
  if (table && isOpen !== undefined) table.open = isOpen;
  const old = render.state === "stale" ? card({ sentences: [render.sentence, render.cause], tone: "warning" }) : null;
  show(place, old, drawn);
  delete place.dataset.says;
  if (had >= 0) drawn.querySelectorAll(".chart-target")[had]?.focus();
  shown = { countedAt: render.counted_at, width: drawnWidth };
  page.tellHeight();
}

/** The place of the mark that has the focus among all of them. */
const marked = () => [...place.querySelectorAll(".chart-target")].indexOf(document.activeElement);

async function load() {
  if (busy) return;
  busy = true;
  try {
    await opened();
    const now = width();
    const known = shown.width === now ? shown.countedAt : null;
    draw(await ask("renders", { embed, width: now, ...(session && { session: session.text }), ...(known && { known }) }), now);
  } catch (refused) {
    refuse(refused);
  } finally {
    busy = false;
  }
}

function refuse({ status, message }) {
  if (status === 404) say("This chart is not shown any more", ["Whoever put it here has paused or ended it."], false);
  else if (status === 401) {
    session = null;
    say("This chart needs the page around it", ["That page has to say who may see it, and did not, or not any more. Load the page again."], true);
  } else if (shown.countedAt === null) say("The chart cannot be loaded", [message, "It is tried again by itself."], true);
  // A chart that is drawn stays, with its time: the next look may get through.
}

setInterval(() => {
  if (!document.hidden) load();
}, LOOK);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) load();
});
addEventListener("hashchange", () => {
  session = null;
  load();
});
addEventListener("resize", () => {
  if (Math.abs(width() - shown.width) > 24) load();
});
// The table opens and closes without a word from here.
place.addEventListener("toggle", () => page.tellHeight(), true);
load();
