// Where the keyboard is: what has the focus, what it is called, whether one can see that it has it.
const element = document.activeElement;
if (!element || element === document.body || element === document.documentElement) return null;

const box = element.getBoundingClientRect();
const style = getComputedStyle(element);
const inSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
const ringed = element.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
return {
  name: nameOf(element),
  tag: element.tagName.toLowerCase(),
  role: element.getAttribute("role") ?? "",
  visible: inSight && ringed && element.checkVisibility({ visibilityProperty: true }),
};
