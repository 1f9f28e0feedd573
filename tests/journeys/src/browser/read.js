// What the page shows, as text: also what stands in fields, since a person reads that too. Marks that turn the direction
// of writing are seen by nobody.
const shown = (element) => element.checkVisibility({ visibilityProperty: true });
const fields = [...document.querySelectorAll("input:not([type=password], [type=hidden], [type=radio], [type=checkbox]), textarea")].filter(shown);
const text = document.body?.innerText ?? "";
return [text, ...fields.map((field) => field.value)].join("\n").replace(/[\u2066-\u2069]/g, "").replace(/[^\S\n]+/g, " ");
