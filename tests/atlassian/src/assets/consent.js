// Accept stays disabled until a site is chosen, as at Atlassian. The server checks again.
const accept = document.getElementById("accept");
const picker = document.getElementById("picker");

function follow() {
  const chosen = picker.querySelector("option:checked:not([value='']), input:checked");
  accept.disabled = chosen === null;
}

if (accept && picker) {
  picker.addEventListener("change", follow);
  follow();
}
