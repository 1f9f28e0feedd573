// What sticks out of this page, or of the dialog that is open, to the side; nothing if nobody has to scroll sideways.
const root = document.documentElement;
const frames = [root, document.body, ...document.querySelectorAll("dialog[open]")];
if (frames.every((frame) => frame.scrollWidth <= frame.clientWidth)) return [];

const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
const within = (element) => {
  for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) if (scrolls(up)) return true;
  return false;
};
const out = [...document.body.querySelectorAll("*")].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.right > root.clientWidth + 0.5 && !within(element);
});
return [`${root.scrollWidth} pixels in ${root.clientWidth}`, ...out.map((element) => element.outerHTML.slice(0, 200))];
