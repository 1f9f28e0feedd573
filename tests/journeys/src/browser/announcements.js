// Notes what a screen reader would say by itself: the words of a live region whenever they change. A region that says
// "status" is heard only if it was in the document before its words; an alert is also heard when it comes with them.
{
  const notes = [];
  window.announcementNotes = notes;
  const LIVE = "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive], output";
  const plain = (text) => (text ?? "").replace(/[\u2066-\u2069]/g, "").replace(/\s+/g, " ").trim();
  const say = (region) => {
    const words = plain(region.innerText);
    if (words !== "" && region.checkVisibility({ visibilityProperty: true }) && notes.at(-1) !== words) notes.push(words);
  };
  new MutationObserver((changes) => {
    const regions = new Set();
    const fresh = new Set(changes.flatMap((change) => [...change.addedNodes]));
    for (const change of changes) {
      const at = change.target.nodeType === Node.ELEMENT_NODE ? change.target : change.target.parentElement;
      const region = at?.closest(LIVE);
      if (region && ![...fresh].some((node) => node.contains(region))) regions.add(region);
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        const alerts = [...(node.matches("[role=alert]") ? [node] : []), ...node.querySelectorAll("[role=alert]")];
        alerts.forEach((alert) => regions.add(alert));
      }
    }
    regions.forEach(say);
  }).observe(document, { childList: true, characterData: true, subtree: true });
}
