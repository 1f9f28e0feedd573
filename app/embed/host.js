// The page around the frame. It is told how high the chart is, and asked for tokens; what it says is believed only if it comes
// from that very window, and from an origin that the embed names. Nothing else is told to anybody.

/** How long the host may take to sign a token. */
const PATIENCE = 10_000;

/** What can be said to the page around, which must be of one of these origins. */
export function host(origins) {
  const isFramed = parent !== window;
  let waiting = null;
  let told = 0;

  // A message to another origin than the one named is not delivered.
  const say = (message) => {
    if (isFramed) for (const origin of likely(origins)) parent.postMessage(message, origin);
  };

  addEventListener("message", ({ source, origin, data }) => {
    const isHost = isFramed && source === parent && origins.includes(origin);
    if (!isHost || data?.type !== "causeway:token" || typeof data.token !== "string") return;
    waiting?.(data.token);
  });

  return {
    /** Another token of the host; `null` if it does not answer. */
    token() {
      if (!isFramed) return Promise.resolve(null);
      return new Promise((resolve) => {
        const end = (token) => {
          clearTimeout(timer);
          waiting = null;
          resolve(token);
        };
        const timer = setTimeout(() => end(null), PATIENCE);
        waiting = end;
        say({ type: "causeway:token-needed" });
      });
    },
    /** Tells how high the page is, if that changed. */
    tellHeight() {
      const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
      if (height === told) return;
      told = height;
      say({ type: "causeway:height", height });
    },
  };
}

/** The origin of the page around where the browser tells it, otherwise all that it can have. */
function likely(origins) {
  const known = location.ancestorOrigins?.[0] ?? (URL.canParse(document.referrer) ? new URL(document.referrer).origin : null);
  return origins.includes(known) ? [known] : origins;
}
