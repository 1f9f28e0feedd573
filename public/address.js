// On the pages that the Worker writes: takes the query out of the address bar. After a failed sign-in or authorization it
// holds a code and a state, which belong into no history, bookmark or screenshot.
if (location.search) history.replaceState(null, "", location.pathname);

// A window that has nothing more to show closes by itself, where the browser lets it.
addEventListener("DOMContentLoaded", () => {
  if (document.querySelector("[data-closes]")) setTimeout(() => close(), 1500);
});
