// Asks Causeway, through Atlassian: Atlassian says in a token who asks and where, so nothing of that is sent from here.
import { invokeRemote } from "bridge/invoke";

/** What Causeway refused, or why it could not be asked: a sentence, and what to do. */
export class Refused extends Error {
  constructor(sentence, remedy, code = "") {
    super(sentence);
    this.remedy = remedy;
    this.code = code;
  }
}

/** Calls an operation of Causeway. Answers its JSON. */
export async function call(method, path, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  let answer;
  try {
    answer = await invokeRemote({ path: `/forge/v1/${path}`, method, headers, ...(body && { body }) });
  } catch {
    throw new Refused("Causeway does not answer.", "Try again in a moment.");
  }
  const content = read(answer?.body);
  if (answer?.status >= 200 && answer.status < 300) return content;
  throw new Refused(content?.detail ?? "Causeway does not answer.", content?.remedy ?? "Try again in a moment.", content?.code);
}

function read(body) {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Asks for charts until there is an answer for each: what takes long comes in several answers. */
export async function renders(charts, refresh = false) {
  const done = [];
  while (done.length < charts.length) {
    const wanted = charts.slice(done.length, done.length + 24);
    const answer = await call("POST", "renders", { charts: wanted, refresh });
    if (answer.renders.length === 0) throw new Refused("Causeway does not answer.", "Try again in a moment.");
    done.push(...answer.renders);
  }
  return done;
}
