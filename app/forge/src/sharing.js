// Each chart of a page runs in a frame of its own. Frames of one page that want something at the same time ask for it in one
// request: they tell each other what they want, wait a moment, and the one with the smallest id asks for all. Where frames
// cannot hear each other, each asks for itself.

/** How long a frame waits for others, in milliseconds. */
const MOMENT = 80;
/** How long a frame waits to be taken along by another one, in milliseconds. */
const TAKEN_WITHIN = 400;
/** How long a frame waits for an answer that another one asks for, in milliseconds. */
const PATIENCE = 60_000;
/** How long what a frame wants is remembered, in milliseconds. */
const OLD = 2_000;
/** How often frames look again at what they show, in milliseconds. */
const LOOK = 8_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the frames of a page share. `page` names the page and who looks at it; `renders` asks for several charts. */
export function sharing(page, renders) {
  let channel = null;
  try {
    channel = new BroadcastChannel(`causeway ${page}`);
  } catch {
    // Each frame asks for itself.
  }
  const id = crypto.randomUUID();
  const wanted = new Map();
  const authorized = [];
  let mine = null;

  const tell = (message) => channel?.postMessage(message);
  channel?.addEventListener("message", ({ data }) => {
    if (data.want) wanted.set(data.want.id, { chart: data.want.chart, at: Date.now() });
    if (data.taken) {
      data.taken.forEach((one) => wanted.delete(one));
      if (mine && data.taken.includes(id)) mine.taken();
    }
    if (data.answers && mine && id in data.answers) mine.answered(data.answers[id]);
    if (data.failed?.includes(id)) mine?.answered(null);
    if (data.authorized) authorized.forEach((hear) => hear(data.authorized));
  });

  /** Frames can be closed while they want something. */
  function forgetOld() {
    const since = Date.now() - OLD;
    wanted.forEach(({ at }, other) => at < since && wanted.delete(other));
  }

  // What a frame wants next waits until it has what it wanted before.
  let before = Promise.resolve();
  function render(chart) {
    const now = before.then(() => renderOne(chart));
    before = now.catch(() => {});
    return now;
  }

  // Frames of a page look at the same moments, so that they ask together; other pages and other readers at others.
  const shift = [...page].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % LOOK, 0);
  function everyMoment(look) {
    const wait = () => LOOK - ((Date.now() + shift) % LOOK);
    const again = () => setTimeout(() => look().then(again, again), wait());
    again();
  }

  async function renderOne(chart) {
    if (!channel) return (await renders([chart]))[0];
    const isTaken = new Promise((taken) => (mine = { taken: () => taken(true) }));
    const isAnswered = new Promise((answered) => (mine.answered = answered));
    tell({ want: { id, chart } });
    const wasTaken = await Promise.race([isTaken, pause(MOMENT).then(() => false)]);
    forgetOld();
    const isFirst = () => [...wanted.keys()].every((other) => id < other);
    if (wasTaken || (!isFirst() && (await Promise.race([isTaken, pause(TAKEN_WITHIN).then(() => false)])))) {
      const answer = await Promise.race([isAnswered, pause(PATIENCE)]);
      mine = null;
      if (!answer) tell({ taken: [id] });
      return answer ?? (await renders([chart]))[0];
    }
    mine = null;
    const others = [...wanted];
    wanted.clear();
    tell({ taken: [id, ...others.map(([other]) => other)] });
    try {
      const [own, ...theirs] = await renders([chart, ...others.map(([, other]) => other.chart)]);
      tell({ answers: Object.fromEntries(others.map(([other], at) => [other, theirs[at]])) });
      return own;
    } catch (refused) {
      tell({ failed: others.map(([other]) => other) });
      throw refused;
    }
  }

  return {
    /** The render of a chart, which frames that want one at the same time ask for together. */
    render,
    /** Calls `look`, which answers a promise, every few seconds. */
    everyMoment,
    /** Tells the other frames that charts of a site can be loaded now. */
    tellAuthorized: (site) => tell({ authorized: site }),
    /** Calls `hear` with the site when another frame tells so. */
    onAuthorized: (hear) => authorized.push(hear),
  };
}
