// The drawer that shows what a message was on the wire.

export function startWire() {
  const drawer = document.getElementById("wire");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wire]");
    if (button) open(drawer, button);
    else if (event.target.closest("[data-close]") || event.target === drawer) drawer.close();
  });
}

async function open(drawer, button) {
  const contact = button.closest(".phone").dataset.contact;
  const query = new URLSearchParams({ contact, message: button.dataset.wire, lang: document.body.dataset.lang });
  const answer = await fetch(`/page/wire?${query}`);
  if (!answer.ok) return;
  drawer.querySelector(".steps-of").innerHTML = await answer.text();
  drawer.showModal();
  drawer.scrollTop = 0;
}
