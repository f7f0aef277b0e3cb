// The desk in the browser: the server renders, this puts the pieces in place and sends what is typed.
import { openPage, refresh, settle } from "./panes.js";
import { sendDeed } from "./deeds.js";
import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { keepDraft, forgetDrafts } from "./drafts.js";

const NARROW_REFRESH = 60000; // milliseconds; keeps the times of waiting true while nothing happens

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (!link) return dropOthers(event.target);
  if ("line" in link.dataset) { event.preventDefault(); pointAt(link.dataset.line); }
  else if ("paneTo" in link.dataset) { event.preventDefault(); showPane(link.dataset.paneTo); }
  else if ("open" in link.dataset) { event.preventDefault(); openPage(link.href, { quiet: "quiet" in link.dataset }); }
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "sign-out") return forgetDrafts();
  if (!event.target.dataset.deed) return;
  event.preventDefault();
  sendDeed(event.target);
});
document.addEventListener("input", (event) => { if (event.target.name === "text") keepDraft(event.target); });
window.addEventListener("popstate", () => openPage(location.href, { push: false }));

function dropOthers(target) {
  for (const drop of document.querySelectorAll("details.drop[open]")) if (!drop.contains(target)) drop.open = false;
}

export function showPane(pane) {
  const desk = document.getElementById("desk");
  desk.dataset.pane = pane;
  const head = { queue: "#rows a[aria-current], #rows a", conversation: "#conversation", packet: "#to-conversation" }[pane];
  desk.querySelector(head)?.focus();
}

function pointAt(line) {
  const said = document.getElementById(`line-${line}`);
  if (!said) return;
  showPane("conversation");
  document.querySelector(".pointed")?.classList.remove("pointed");
  said.classList.add("pointed");
  said.scrollIntoView({ block: "center" });
  said.focus({ preventScroll: true });
}

settle({ toEnd: true });
startKeys();
startLive();
setInterval(() => { if (!document.hidden) refresh("desk"); }, NARROW_REFRESH);
