// Short words about what happened. Good news goes by itself; trouble stays until it is closed or mended.
const STAYS = 5000; // milliseconds

export function tell(words, kind = "", id = "") {
  if (id && document.getElementById(id)) return null;
  const notice = document.createElement("div");
  notice.className = `notice ${kind}`;
  notice.id = id;
  notice.setAttribute("role", kind === "bad" ? "alert" : "status");
  notice.append(Object.assign(document.createElement("p"), { textContent: words }));
  document.getElementById("notices").replaceChildren(notice);
  if (!kind) setTimeout(() => notice.remove(), STAYS);
  else closable(notice);
  return notice;
}

// Says what the server could not do; whose sign-in has ended finds the way back in.
export function troubled({ error, sign_in: signIn }) {
  const notice = tell(error, "bad");
  if (!signIn) return;
  const link = Object.assign(document.createElement("a"), { href: signIn, textContent: document.body.dataset.signIn });
  notice.querySelector("p").append(" ", link);
}

export function mended(id) { document.getElementById(id)?.remove(); }

function closable(notice) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: document.body.dataset.close });
  button.onclick = () => notice.remove();
  notice.append(button);
}
