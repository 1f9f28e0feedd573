// Notes, from before the page's own scripts on, every shift of what was laid out already, with what moved. Shifts that
// follow a key or a click within half a second are what the person asked for: the browser marks them, and they do not count.
{
  const notes = { score: 0, moved: [] };
  window.shiftNotes = notes;
  const told = ({ node, previousRect: from, currentRect: to }) =>
    `${node?.outerHTML?.slice(0, 160) ?? node?.nodeName} from ${Math.round(from.x)},${Math.round(from.y)} to ${Math.round(to.x)},${Math.round(to.y)}`;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) {
      if (shift.hadRecentInput) continue;
      notes.score += shift.value;
      notes.moved.push(`${shift.value.toFixed(4)} at ${Math.round(shift.startTime)} ms: ${shift.sources.map(told).join("; ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}
