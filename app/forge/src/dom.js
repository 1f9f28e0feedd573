// Builds elements. Text is always text; only the figure that Causeway draws is HTML.

/** An element with properties and children. `on…` are listeners, `aria-…` and the like attributes, everything else properties. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button. */
export const button = (label, press, isPrimary = false) =>
  h("button", { type: "button", className: isPrimary ? "button primary" : "button", onclick: press }, label);

/** Shows `children` in place of what `place` shows. */
export function show(place, ...children) {
  place.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
}

/** A card: a heading, sentences, and what can be done. */
export function card({ title, sentences = [], actions = [], tone = "" }) {
  return h(
    "section",
    { className: `card ${tone}` },
    title ? h("h2", {}, title) : null,
    h("div", { role: "status" }, ...sentences.filter(Boolean).map((sentence) => h("p", {}, sentence))),
    actions.length > 0 ? h("p", { className: "actions" }, ...actions) : null,
  );
}
