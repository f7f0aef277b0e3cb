// Puts the pieces that the server renders in their places, as they happen.
import { toEnd } from "./phone.js";
import { showFaults } from "./faults.js";

const TYPING_FADES = 20000; // milliseconds, as on the real phone
const timers = new Map();

export function startLive() {
  const { boot, after, lang } = document.body.dataset;
  const query = new URLSearchParams({ boot, after, lang });
  for (const phone of document.querySelectorAll(".phone")) query.set(phone.dataset.phone, phone.dataset.contact);
  const stream = new EventSource(`/page/live?${query}`);
  const offline = document.querySelector(".offline");
  stream.onopen = () => { offline.hidden = true; };
  stream.onerror = () => { offline.hidden = false; };
  stream.onmessage = (event) => place(JSON.parse(event.data));
}

function place(piece) {
  if (piece.kind === "reload") location.reload();
  else if (piece.kind === "faults") showFaults(piece.html);
  else if (piece.kind === "trouble") document.querySelector(".trouble").hidden = !piece.on;
  else {
    const phone = document.querySelector(`.phone[data-phone="${piece.phone}"]`);
    if (piece.kind === "typing") typing(phone, piece.on);
    else bubble(phone, piece);
  }
}

function bubble(phone, piece) {
  const template = document.createElement("template");
  template.innerHTML = piece.html;
  const fresh = template.content.querySelector("li");
  const shown = document.getElementById(fresh.id);
  if (shown) return refresh(shown, fresh);
  phone.querySelector(".chat").append(fresh);
  toEnd(phone);
}

// Only the parts that can change: a whole new bubble would be read out again.
function refresh(shown, fresh) {
  shown.className = fresh.className;
  for (const part of [".meta", ".choices:not(.menu)"]) {
    const olds = shown.querySelectorAll(part);
    fresh.querySelectorAll(part).forEach((piece, place) => olds[place] && olds[place].replaceWith(piece));
  }
  const enabled = fresh.querySelectorAll(".menu button");
  shown.querySelectorAll(".menu button").forEach((button, place) => { button.disabled = enabled[place].disabled; });
  const menu = shown.querySelector(".menu");
  if (menu && enabled[0].disabled) menu.open = false;
  shown.querySelector(".reaction")?.remove();
  const reaction = fresh.querySelector(".reaction");
  if (reaction) shown.querySelector(".bubble").append(reaction);
}

function typing(phone, on) {
  phone.querySelector(".typing").hidden = !on;
  clearTimeout(timers.get(phone));
  if (on) {
    toEnd(phone);
    timers.set(phone, setTimeout(() => typing(phone, false), TYPING_FADES));
  }
}
