// Where a site must be chosen, the server sends Accept disabled, and it stays so until one is, as at Atlassian. The
// server checks again.
const accept = document.getElementById("accept");
const picker = document.getElementById("picker");

if (accept && picker && accept.disabled) {
  const follow = () => {
    accept.disabled = picker.querySelector("option:checked:not([value='']), input:checked") === null;
  };
  picker.addEventListener("change", follow);
  follow();
}
