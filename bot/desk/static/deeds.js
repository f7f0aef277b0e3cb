// Sends a form and says what came of it. What was typed is let go only when the server has it.
import { openPage, refresh } from "./panes.js";
import { forgetDraft } from "./drafts.js";
import { tell, troubled } from "./notices.js";

export async function sendDeed(form) {
  const buttons = [...form.querySelectorAll("button")];
  if (buttons.some((button) => button.disabled)) return;
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { "X-Piece": "deed" }, body: new URLSearchParams(new FormData(form)) });
    const result = await answer.json();
    if (answer.ok) await succeeded(form, result);
    else await failed(result);
  } catch {
    tell(document.body.dataset.unknown, "bad");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

async function succeeded(form, result) {
  const deed = form.dataset.deed;
  if (deed === "reply") {
    const field = form.querySelector("textarea");
    forgetDraft(field);
    field.value = "";
    field.focus();
    if (!result.calm) tell(result.notice, "amber");
    return refresh("desk");
  }
  document.getElementById("resolve")?.removeAttribute("open");
  await openPage(result.go);
  tell(result.notice);
  if (deed === "take") document.querySelector("#composer textarea")?.focus();
  else document.querySelector("#rows a, #shelf-waiting")?.focus();
}

async function failed(result) {
  troubled(result);
  if (!result.sign_in) await refresh("desk");
}
