// The desk in the browser: the server renders, this puts the pieces in place and sends what is typed.
import { openPage, refresh, settle } from "./panes.js";
import { sendDeed } from "./deeds.js";
import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { keepDraft, forgetDrafts } from "./drafts.js";

const TIMES_AGE = 60000; // milliseconds; keeps the times of waiting true while nothing happens

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (!link) return dropOthers(event.target);
  if ("line" in link.dataset) { event.preventDefault(); pointAt(link); }
  else if ("open" in link.dataset) { event.preventDefault(); follow(link); }
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

async function follow(link) {
  const { quiet, focus } = link.dataset;
  await openPage(link.href, { quiet: quiet !== undefined });
  document.getElementById(focus)?.focus();
}

// Shows the message that a fact came from; a narrow screen has to go to the conversation first.
async function pointAt(link) {
  const id = `line-${link.dataset.line}`;
  if (!document.getElementById(id)?.checkVisibility()) await openPage(link.href.split("#")[0]);
  const said = document.getElementById(id);
  if (!said) return;
  document.querySelector(".pointed")?.classList.remove("pointed");
  said.classList.add("pointed");
  said.scrollIntoView({ block: "center" });
  said.focus({ preventScroll: true });
}

settle({ toEnd: true });
startKeys();
startLive();
setInterval(() => { if (!document.hidden) refresh("desk"); }, TIMES_AGE);
