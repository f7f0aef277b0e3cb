// The fault switches. The server says what is on, so that two open pages agree.

export function startFaults() {
  document.querySelector(".panel").addEventListener("change", (event) => {
    const { on, off } = event.target.dataset;
    if (on) ask("PATCH", event.target.checked ? on : off);
  });
  document.querySelector(".panel").addEventListener("click", (event) => {
    if (event.target.closest("[data-reset]")) ask("DELETE");
  });
  mark();
}

export function showFaults(html) {
  const focused = [...document.querySelectorAll("#faults input, #faults button")].indexOf(document.activeElement);
  document.getElementById("faults").outerHTML = html;
  if (focused >= 0) document.querySelectorAll("#faults input, #faults button")[focused].focus();
  mark();
}

function mark() {
  document.querySelector(".panel .on").hidden = !document.querySelector("#faults input:checked");
}

function ask(method, body) {
  return fetch("/simulator/faults", { method, body, headers: { "Content-Type": "application/json" } });
}
