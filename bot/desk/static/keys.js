// The keyboard: one letter each while no field is in use.

const SHELVES = { w: "waiting", m: "mine", a: "all", b: "bot" };
let went = false;

export function startKeys() {
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("show-keys");
  opener.hidden = false;
  opener.onclick = () => dialog.showModal();
  dialog.querySelector("[data-close-dialog]").onclick = () => dialog.close();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return leave(event.target);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.matches("input, textarea, select")) return;
    if (act(event.key, dialog)) event.preventDefault();
  });
}

function act(key, dialog) {
  const goes = went;
  went = key === "g";
  if (goes && SHELVES[key]) return press(`shelf-${SHELVES[key]}`);
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "t") return press("take");
  if (key === "r") return focusOn("#composer textarea");
  if (key === "e") return resolve();
  if (key === "?") { dialog.showModal(); return true; }
  return false;
}

function press(id) {
  const found = document.getElementById(id);
  found?.click();
  return Boolean(found);
}

function focusOn(selector) {
  const found = document.querySelector(selector);
  found?.focus();
  return Boolean(found);
}

function step(by) {
  const rows = [...document.querySelectorAll("#rows a")];
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row === document.activeElement);
  const start = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
  rows[Math.min(Math.max(start + by, 0), rows.length - 1)].focus();
  return true;
}

function resolve() {
  const drop = document.getElementById("resolve");
  if (!drop) return false;
  drop.open = true;
  drop.querySelector("input[type=radio]").focus();
  return true;
}

function send(event) {
  if (event.target.name !== "text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function leave(target) {
  const drop = document.querySelector("details.drop[open]");
  if (drop) {
    drop.open = false;
    drop.querySelector("summary").focus();
  } else if (target.name === "text") target.blur();
}
