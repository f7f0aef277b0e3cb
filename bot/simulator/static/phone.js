// What a thumb does: writing, pressing, attaching. Every act is one request; the bubble comes back by the live stream.

export function startPhones() {
  for (const phone of document.querySelectorAll(".phone")) {
    phone.addEventListener("click", (event) => press(phone, event));
    const form = phone.querySelector(".composer");
    const field = form.querySelector("textarea");
    form.addEventListener("submit", (event) => send(phone, field, event));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(phone, field, event);
    });
    toEnd(phone);
  }
  for (const select of document.querySelectorAll("[data-submit]")) {
    select.addEventListener("change", () => select.form.submit());
  }
}

export function toEnd(phone) {
  const screen = phone.querySelector(".screen");
  screen.scrollTop = screen.scrollHeight;
}

async function send(phone, field, event) {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  const sent = await act(phone, { text });
  if (!sent && !field.value) field.value = text;
}

function press(phone, event) {
  const button = event.target.closest("button");
  if (!button) return;
  const { press, say, attach, emoji } = button.dataset;
  if (press !== undefined) {
    const n = Number(button.closest(".row").dataset.n);
    act(phone, { press, message: n });
  } else if (say) {
    act(phone, { text: say });
    phone.querySelector("textarea").focus();
  } else if (attach) {
    act(phone, { attachment: attach });
  } else if (emoji) {
    insert(phone.querySelector("textarea"), emoji);
    button.closest("details").open = false;
  }
}

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
}

async function act(phone, body) {
  const notice = phone.querySelector(".notice");
  const address = `/simulator/contacts/${phone.dataset.contact}/messages`;
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  notice.hidden = Boolean(answer && answer.ok);
  notice.textContent = notice.hidden ? "" : phone.dataset.notSent;
  return notice.hidden;
}
