// What an element is called: by what screen readers are told first, then by what it shows.
const plain = (text) => (text ?? "").replace(/[\u2066-\u2069]/g, "").replace(/\s+/g, " ").trim();

function nameOf(element) {
  const labelled = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const byOthers = labelled.map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
  const byLabels = [...(element.labels ?? [])].map((label) => label.innerText).join(" ");
  const said = [element.getAttribute("aria-label"), byOthers, byLabels, element.innerText, element.placeholder];
  return plain(said.find((text) => plain(text) !== ""));
}

