// What a figure that Causeway has drawn can do in a page. The Forge app and embeds share it.

/** Where the marks of a figure are reached: one by the Tab key, the others by arrow keys. */
function moved(key, at, count) {
  if (key === "ArrowRight" || key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowLeft" || key === "ArrowUp") return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

/** Listens to keys within a figure: arrows go from mark to mark, `t` opens the table and closes it. */
export function press(event) {
  const place = event.currentTarget;
  const table = place.querySelector(".chart-numbers");
  if (event.key === "t" && !event.ctrlKey && !event.metaKey && !event.altKey && table) {
    table.open = !table.open;
    return;
  }
  const marks = [...place.querySelectorAll(".chart-target")];
  const at = marks.indexOf(event.target);
  const next = at < 0 ? null : moved(event.key, at, marks.length);
  if (next === null) return;
  event.preventDefault();
  marks[at].setAttribute("tabindex", "-1");
  marks[next].setAttribute("tabindex", "0");
  marks[next].focus();
}

/** The time as the reader writes it. */
export function localized(place, countedAt, { locale, timezone } = {}) {
  const first = place.querySelector(".chart-footer span");
  if (!first || !countedAt) return;
  const format = { hour: "2-digit", minute: "2-digit", ...(timezone && { timeZone: timezone }) };
  try {
    first.textContent = `as of ${new Date(countedAt).toLocaleTimeString(locale?.replace("_", "-"), format)}`;
  } catch {
    // An unknown locale or zone: the time of the edge stays.
  }
}
