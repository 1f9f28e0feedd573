// The one thing on this page that a person would take for these words: enabled, in sight, and inside the dialog if one
// is open. Exactly these words first; else what begins with them, since a name may go on for screen readers.
const [offer, words] = arguments;

const KINDS = {
  press: "button, a[href], summary, [role=button], [role=tab], [role=menuitem], [role=option], [role=radio], [role=switch], label:has(input[type=radio], input[type=checkbox])",
  field: "input, select, textarea",
};

const inSight = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
const enabled = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";

const place = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const candidates = [...place.querySelectorAll(KINDS[offer])].filter((e) => inSight(e) && enabled(e));
const exact = candidates.find((element) => nameOf(element) === words);
return exact ?? candidates.find((element) => nameOf(element).startsWith(words)) ?? null;
