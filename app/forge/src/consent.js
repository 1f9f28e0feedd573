// A consent in a window of its own. That window is no child of this frame, so Causeway is asked how it stands until it is
// over; then the charts are drawn without a reload.
import { router } from "bridge/router";
import { call } from "./causeway.js";
import { card, h, show } from "./dom.js";

/** How often Causeway is asked, in milliseconds. */
const PAUSE = 1_000;

/** Waits a second, or until somebody comes back to the page. */
function pause() {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", over);
      removeEventListener("focus", over);
      resolve();
    };
    const timer = setTimeout(over, PAUSE);
    document.addEventListener("visibilitychange", over);
    addEventListener("focus", over);
  });
}

/**
 * Lets somebody consent, and answers how that ended. `wanted` is `{chart}` or `{site}`; what happens is shown in `place`.
 */
export async function consent(wanted, title, place) {
  const begun = await call("POST", "authorizations", wanted);
  const link = h("a", { href: begun.start_url, target: "_blank", rel: "noopener" }, "Open the window");
  const waiting = (sentence) =>
    show(place, card({ title, sentences: [sentence, "This chart appears by itself afterwards."], actions: [link] }));
  waiting("Choose the site in the window of Atlassian, then Accept.");
  // Where the pop-up is blocked, the link opens it: a click on a link is never blocked.
  router.open(begun.start_url).catch(() => waiting("The browser blocked the window of Atlassian. Open it, choose the site, then Accept."));
  link.focus();
  for (;;) {
    await pause();
    const stands = await call("GET", `authorizations/${begun.id}`).catch((refused) => {
      if (refused.code === "not_found") throw refused;
      return { is_pending: true };
    });
    if (!stands.is_pending) return stands;
  }
}
