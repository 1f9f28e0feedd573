// Has Jira counted by the reader's own browser, which is logged in to the site: no consent is needed, and the app spends none
// of its calls. Causeway says what to ask, and draws what comes back; it keeps nothing of it.
import { requestJira } from "bridge/fetch";
import { call } from "./causeway.js";

/** How many calls are made at once. */
const AT_ONCE = 6;
/** What no chart needs: addresses of pictures and the like. */
const UNREAD = new Set(["avatarUrls", "self", "iconUrl", "expand", "description", "clauseNames", "scope", "untranslatedName"]);
/** What became of a chart, if the browser's Jira is the right one to ask. Anything else is no answer. */
const ANSWERS = new Set(["drawn", "query_refused", "too_large"]);

function read(text) {
  try {
    return JSON.parse(text, (key, value) => (UNREAD.has(key) ? undefined : value));
  } catch {
    return null;
  }
}

async function ask(question) {
  const { method, path, body } = question;
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const answer = await requestJira(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { question, status: answer.status, body: read(await answer.text()) };
}

/** A chart as the browser's Jira counts it; `null` if that cannot be asked: the app is not connected to it, or the reader has none. */
export async function counted(request, zone) {
  const answers = [];
  try {
    for (;;) {
      const { ask: missing, render } = await call("POST", "plans", { ...request, zone, answers });
      if (render) return ANSWERS.has(render.state) ? render : null;
      for (let at = 0; at < missing.length; at += AT_ONCE) {
        answers.push(...(await Promise.all(missing.slice(at, at + AT_ONCE).map(ask))));
      }
    }
  } catch {
    return null;
  }
}
