// The one thing on this page that a person would take for these words: enabled, in sight, and inside the dialog if one
// is open. Exactly these words first; else what begins with them, since a name may go on for screen readers.
const [offer, words] = arguments;

const KINDS = {
  press: "button, a[href], summary, [role=button], [role=tab], [role=menuitem], [role=option], [role=radio], [role=switch], label:has(input[type=radio], input[type=checkbox])",
  field: "input, select, textarea",
};

const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const inSight = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
const enabled = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";

function nameOf(element) {
  const labelled = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const byOthers = labelled.map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
  const byLabels = offer === "field" ? [...(element.labels ?? [])].map((label) => label.innerText).join(" ") : "";
  const said = [element.getAttribute("aria-label"), byOthers, byLabels, element.innerText, element.placeholder];
  return plain(said.find((text) => plain(text) !== ""));
}

const place = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const candidates = [...place.querySelectorAll(KINDS[offer])].filter((e) => inSight(e) && enabled(e));
const exact = candidates.find((element) => nameOf(element) === words);
return exact ?? candidates.find((element) => nameOf(element).startsWith(words)) ?? null;
