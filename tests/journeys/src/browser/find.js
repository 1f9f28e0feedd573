// The one thing on this page that a person would take for these words: enabled, in sight, and inside the dialog if one
// is open, or inside the part of the page that is asked for by its name. Exactly these words first, then those of which
// they are the first line, as of a choice with its explanation; else what begins with them, since a name may go on for
// screen readers.
const [offer, words, part] = arguments;

const KINDS = {
  press: "button, a[href], summary, [role=button], [role=tab], [role=menuitem], [role=option], [role=radio], [role=switch], input[type=checkbox][aria-label], label:has(input[type=radio], input[type=checkbox])",
  field: "input:not([type=radio], [type=checkbox]), select, textarea",
};
const PARTS = "nav, section, fieldset, header, main, form, tr, li, [role=menu]";

const inSight = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
const enabled = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";
const firstLine = (element) => plain((element.innerText ?? "").trim().split("\n")[0]);
const best = (elements) =>
  elements.find((element) => nameOf(element) === words) ??
  elements.find((element) => firstLine(element) === words) ??
  elements.find((element) => nameOf(element).startsWith(words));

const page = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const partNamed = () => [...page.querySelectorAll(PARTS)].filter(inSight).find((e) => nameOf(e).startsWith(part));
const place = part === null ? page : partNamed();
const candidates = [...(place?.querySelectorAll(KINDS[offer]) ?? [])].filter((e) => inSight(e) && enabled(e));
return best(candidates) ?? null;
