// What every resource of the app begins with: the host's theme, and what the host says about where this is shown. That is for
// what is shown only: Causeway believes Atlassian's token and nothing else.
import { view } from "bridge/view";
import { renders } from "./causeway.js";
import { card, show } from "./dom.js";
import { sharing } from "./sharing.js";

/** Starts `run` with the place to show something in, the context, and what frames of the page share. */
export async function start(run) {
  const place = document.getElementById("root");
  try {
    await view.theme.enable();
  } catch {
    // The colours of the operating system are used.
  }
  try {
    const context = await view.getContext();
    document.documentElement.lang = "en-GB";
    const { accountId, cloudId, extension } = context;
    const content = extension?.content?.id ?? extension?.dashboard?.id ?? extension?.project?.id ?? "";
    const page = sharing([cloudId, accountId, content].join(" "), renders);
    await run(place, context, page);
  } catch (refused) {
    show(place, card({ title: "Jira chart", sentences: [refused.message, refused.remedy], tone: "warning" }));
  }
}
