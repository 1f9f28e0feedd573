// What a person reads in the row of the connection that has this name, or on the whole screen: its words, and the dates
// in it, in milliseconds since 1970. Nothing if there is no such row.
const [name] = arguments;
const plain = (text) => (text ?? "").replace(/[\u2066-\u2069]/g, "").replace(/[^\S\n]+/g, " ").trim();
const rows = [...document.querySelectorAll("tbody tr")];
const isOf = (row) => [...row.querySelectorAll("th a")].some((link) => plain(link.innerText) === name);
const place = name === null ? document.querySelector("main") : rows.find(isOf);
if (!place) return null;
const times = [...place.querySelectorAll("time")].filter((time) => time.checkVisibility({ visibilityProperty: true }));
return { words: plain(place.innerText), dates: times.map((time) => Date.parse(time.dateTime)) };
