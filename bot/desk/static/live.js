// Hears from the server which conversation changed, and fetches what this page shows of it.
import { refresh } from "./panes.js";
import { mended, tell } from "./notices.js";

export function startLive() {
  const stream = new EventSource("/live");
  let lost = false;
  stream.addEventListener("change", (event) => {
    const open = document.getElementById("desk").dataset.conversation;
    refresh(!event.data || event.data === open ? "desk" : "queue");
  });
  stream.onopen = () => {
    if (lost) refresh("desk");
    lost = false;
    mended("offline");
  };
  stream.onerror = () => {
    lost = true;
    if (stream.readyState === EventSource.CLOSED) refresh("desk"); // refused: the answer says why
    else tell(document.body.dataset.offline, "bad", "offline");
  };
}
