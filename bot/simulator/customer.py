"""What the customer does on the phone: writes, presses, sends a picture. Becomes a bubble and a webhook."""

from typing import Any

from bot.simulator.errors import Json
from bot.simulator.postbox import Postbox
from bot.simulator.samples import SAMPLES
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Choice, Contact, Content, Message, at_stamp
from bot.simulator.webhooks import Event, messenger_event, whatsapp_event
from bot.simulator.world import World, new_message_id

ACTIONS = ("text", "press", "attachment", "location", "reaction", "event")


class Impossible(Exception):
    """The phone does not allow that: nothing to press, wrong kind, blocked."""


class Customers:
    """The hands of all customers."""

    def __init__(self, settings: SimulatorSettings, world: World, postbox: Postbox) -> None:
        self._settings, self._world, self._postbox = settings, world, postbox

    def act(self, contact: Contact, wish: Json) -> Message:
        """Do one thing: text, press, attachment (with text, url), location, reaction (with to) or event.

        Raises Impossible; gives the new bubble, or for a reaction the bubble reacted to.
        """
        if "press" in wish:
            return self._press(contact, str(wish["press"]), wish.get("message"))
        if "reaction" in wish:
            return self._react(contact, str(wish["reaction"]), wish.get("to"))
        if "event" in wish:
            return self._event(contact, wish["event"])
        if "attachment" in wish:
            return self._attach(contact, str(wish["attachment"]), str(wish.get("text") or ""), wish.get("url"))
        if "location" in wish:
            return self._locate(contact, wish["location"])
        text = wish.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Impossible("expected one of " + ", ".join(ACTIONS))
        inside = {"text": text} if contact.channel == "messenger" else {"type": "text", "text": {"body": text}}
        return self._write(contact, Content("text", text), inside)

    def _write(self, contact: Contact, content: Content, inside: Json, postback: bool = False) -> Message:
        now = self._world.clock()
        stamp, contact.last_written = contact.stamp(now), now
        message_id = new_message_id(contact.channel)
        message = self._world.put(contact, message_id, "customer", content, at_stamp(stamp))
        message.ticks = "waiting"
        self._world.changed("message", contact, message=message.n)
        self._postbox.put(self._wrap(contact, stamp, inside, message_id, postback))
        return message

    def _wrap(self, contact: Contact, stamp: int, inside: Json, message_id: str, postback: bool) -> Event:
        if contact.channel == "whatsapp":
            return whatsapp_event(contact, stamp, inside, message_id)
        kind = "postback" if postback else "message"
        item = {kind: {"mid": message_id, **inside}}
        return messenger_event(self._settings, contact, kind, stamp, item, message_id)

    def _press(self, contact: Contact, wanted: str, message_id: object) -> Message:
        message, choice = self._find(contact, wanted, message_id)
        if choice.kind in ("url", "call"):
            raise Impossible("a link or a number opens on the phone; no webhook comes of it")
        message.pressed = choice.title
        self._world.changed("ticks", contact, message=message.n, status=message.ticks)
        inside = _pressed(choice, message, self._settings.display_phone_number)
        return self._write(contact, Content("text", choice.title), inside, choice.kind == "postback")

    def _find(self, contact: Contact, wanted: str, message_id: object) -> tuple[Message, Choice]:
        for message in reversed(contact.messages):
            if message.sender == "business" and message_id in (None, message.id, message.n):
                for choice in contact.open_choices(message):
                    if wanted in (choice.payload, choice.title):
                        return message, choice
        raise Impossible(f"nothing on the phone to press for {wanted!r}")

    def _attach(self, contact: Contact, kind: str, text: str, url: Any) -> Message:
        if kind not in SAMPLES:
            raise Impossible("attachment must be one of " + ", ".join(SAMPLES))
        base = self._settings.public_url.rstrip("/")
        where = str(url) if url else f"{base}/media/{SAMPLES[kind].file}"
        content = Content(kind, text, media=where)  # type: ignore[arg-type]  # a key of SAMPLES
        if contact.channel == "whatsapp":
            guarded = str(url) if url else f"{base}/whatsapp-media/{SAMPLES[kind].id}"
            return self._write(contact, content, _whatsapp_media(kind, text, guarded))
        payload: Json = {"url": where} | ({"sticker_id": 369239263222822} if kind == "sticker" else {})
        inside: Json = {"attachments": [{"type": kind, "payload": payload}]}
        return self._write(contact, content, inside | ({"text": text} if text else {}))

    def _locate(self, contact: Contact, place: Any) -> Message:
        try:
            lat, long = float(place["lat"]), float(place["long"])
        except (TypeError, KeyError, ValueError):
            raise Impossible("location needs lat and long") from None
        if contact.channel == "whatsapp":
            inside: Json = {"type": "location", "location": {"latitude": lat, "longitude": long}}
        else:
            inside = {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": lat, "long": long}}}]}
        return self._write(contact, Content("location", f"{lat:.4f}, {long:.4f}"), inside)

    def _react(self, contact: Contact, emoji: str, to: object) -> Message:
        found = [m for m in contact.messages if to in (m.id, m.n) or (to is None and m.sender == "business")]
        if not found:
            raise Impossible("no such message to react to")
        message, stamp = found[-1], contact.stamp(self._world.clock())
        message.reaction, contact.last_written = emoji, self._world.clock()
        self._world.changed("ticks", contact, message=message.n, status=message.ticks)
        if contact.channel == "whatsapp":
            inside: Json = {"type": "reaction", "reaction": {"message_id": message.id, "emoji": emoji}}
            self._postbox.put(whatsapp_event(contact, stamp, inside, new_message_id("whatsapp")))
        else:
            reaction = (
                {"mid": message.id, "action": "react", "emoji": emoji}
                if emoji
                else {"mid": message.id, "action": "unreact"}
            )
            inside = {"reaction": reaction}
            self._postbox.put(messenger_event(self._settings, contact, "reaction", stamp, inside, message.id))
        return message

    def _event(self, contact: Contact, inside: Any) -> Message:
        """Any other event: a Messenger message object, or a WhatsApp message without its addresses."""
        if not isinstance(inside, dict) or (contact.channel == "whatsapp" and "type" not in inside):
            raise Impossible("event must be an object, on WhatsApp with a type")
        return self._write(contact, Content("text", "…"), inside)


def _pressed(choice: Choice, message: Message, business: str) -> Json:
    title, payload = choice.title, choice.payload
    context = {"context": {"from": business, "id": message.id}}
    reply = {"id": payload, "title": title}
    match choice.kind:
        case "quick_reply":
            return {"text": title, "quick_reply": {"payload": payload}}
        case "postback":
            return {"title": title, "payload": payload}
        case "reply":
            return {"type": "interactive", **context, "interactive": {"type": "button_reply", "button_reply": reply}}
        case "row":
            reply |= {"description": choice.description} if choice.description else {}
            return {"type": "interactive", **context, "interactive": {"type": "list_reply", "list_reply": reply}}
    return {"type": "button", **context, "button": {"payload": payload, "text": title}}


def _whatsapp_media(kind: str, text: str, where: str) -> Json:
    sample, name = SAMPLES[kind], "document" if kind == "file" else kind
    media: Json = {"mime_type": sample.mime, "sha256": sample.sha256(), "id": sample.id, "url": where}
    media |= {"voice": True} if kind == "audio" else {}
    media |= {"filename": sample.file} if kind == "file" else {}
    media |= {"caption": text} if text and kind in ("image", "file") else {}
    return {"type": name, name: media}
