// Fetches the page anew and lays it over what is there: what did not change is not touched, so focus, text and
// scroll stay.
import { restoreDraft } from "./drafts.js";
import { tell, troubled } from "./notices.js";

const NEAR_END = 80; // pixels
let running = null;
let wanted = new Set();

// Gets the current page again; calls that come meanwhile are answered by one more round.
export function refresh(piece) {
  wanted.add(piece);
  running ??= rounds().finally(() => { running = null; });
  return running;
}

async function rounds() {
  while (wanted.size) {
    const piece = wanted.has("desk") ? "desk" : "queue";
    wanted = new Set();
    const address = location.href;
    const html = await fetchPiece(address, piece);
    if (html !== null && address === location.href) put(html, piece);
  }
}

export async function openPage(address, { push = true, quiet = false } = {}) {
  const html = await fetchPiece(address, "desk");
  if (html === null) return;
  if (push && !quiet) history.pushState(null, "", address);
  if (push && quiet) history.replaceState(null, "", address);
  put(html, "desk", !quiet);
}

async function fetchPiece(address, piece) {
  try {
    const answer = await fetch(address, { headers: { "X-Piece": piece }, cache: "no-store" });
    if (answer.ok) return await answer.text();
    troubled(await answer.json());
  } catch {
    tell(document.body.dataset.offline, "bad", "offline");
  }
  return null;
}

function put(html, piece, opened = false) {
  const before = document.getElementById("desk");
  const talk = document.getElementById("talk");
  const fromEnd = talk ? talk.scrollHeight - talk.scrollTop - talk.clientHeight : 0;
  const newest = document.getElementById("lines")?.lastElementChild?.id;
  const conversation = before.dataset.conversation;
  const target = piece === "queue" ? document.getElementById("queue") : before;
  Idiomorph.morph(target, html, { ignoreActiveValue: true, callbacks: { beforeAttributeUpdated: changes } });
  document.title = document.getElementById("queue").dataset.title;
  const another = document.getElementById("desk").dataset.conversation !== conversation;
  const grew = document.getElementById("lines")?.lastElementChild?.id !== newest;
  settle({ toEnd: opened && another, fromEnd, grew });
  // A narrow screen has put what was pressed out of sight.
  if (opened && !document.activeElement?.checkVisibility()) document.getElementById("conversation").focus();
}

// What the browser itself has changed stays: an open list of outcomes, a hint that is shown.
const changes = (name) => name !== "open" && name !== "hidden";

// Brings the conversation into view: at its end when it was opened or read at its end.
export function settle({ toEnd = false, fromEnd = 0, grew = false }) {
  const talk = document.getElementById("talk");
  if (!talk) return;
  const pill = document.getElementById("to-newest");
  const atEnd = toEnd || fromEnd < NEAR_END;
  if (atEnd) talk.scrollTop = talk.scrollHeight;
  else if (!grew) talk.scrollTop = talk.scrollHeight - talk.clientHeight - fromEnd;
  pill.hidden = atEnd || !(grew || !pill.hidden);
  pill.onclick = () => { talk.scrollTop = talk.scrollHeight; pill.hidden = true; };
  restoreDraft(document.querySelector("#composer textarea"));
}
