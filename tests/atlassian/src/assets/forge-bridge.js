// The bridge that the platform puts into every page of an app: calls go to the host page by messages.
(() => {
  const waiting = new Map();
  let count = 0;
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || !waiting.has(data?.bridge)) return;
    const { resolve, reject } = waiting.get(data.bridge);
    waiting.delete(data.bridge);
    if ("error" in data) reject(new Error(data.error));
    else if (data.theme) resolve((document.documentElement.dataset.colorMode = data.theme));
    else resolve(data.answer);
  });
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    parent.postMessage({ violation: `${effectiveDirective} ${blockedURI}` }, "*"),
  );
  const callBridge = (name, payload) =>
    new Promise((resolve, reject) => {
      const bridge = ++count;
      waiting.set(bridge, { resolve, reject });
      parent.postMessage({ bridge, name, payload }, "*");
    });
  globalThis.__bridge = { callBridge };
})();
