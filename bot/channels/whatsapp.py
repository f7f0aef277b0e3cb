"""WhatsApp Cloud API: webhooks to events, replies to requests. Meta-platform 1.5, 1.6, 3.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.channels.base import UNREADABLE, bounded, dicts, identifier, other, words
from bot.clock import from_seconds
from bot.model import Attachment, Channel, DeliveryStatus, Event, EventKind, Json, Receipt, Reply

MEDIA = ("image", "video", "audio", "document", "sticker")
STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}


def read_webhook(body: Json, own_prefix: str, now: datetime) -> Iterator[Event]:
    """Yield every message and status of every change of every entry; what is not understood becomes OTHER."""
    return bounded(_read(body, own_prefix, now))


def _read(body: Json, own_prefix: str, now: datetime) -> Iterator[Event]:
    for entry in dicts(body.get("entry")):
        for change in dicts(entry.get("changes")):
            value = change.get("value")
            if not isinstance(value, dict):
                yield other(change, Channel.WHATSAPP, str(entry.get("id", "")), now, "malformed")
            elif change.get("field") in ("messages", "standby", "smb_message_echoes"):
                yield from _read_value(value, change["field"] == "standby", own_prefix, now)
            else:
                yield other(value, Channel.WHATSAPP, _account(value), now, f"change:{change.get('field')}")


def _read_value(value: Json, standby: bool, own_prefix: str, now: datetime) -> Iterator[Event]:
    account = _account(value)
    inner = value.get("standby") if standby and isinstance(value.get("standby"), dict) else value
    assert isinstance(inner, dict)
    contacts = dicts(inner.get("contacts"))
    for message in dicts(inner.get("messages")):
        yield _safely(_message, message, account, contacts, standby, now)
    for echo in dicts(inner.get("message_echoes")):
        yield _safely(_echo, echo, account, contacts, None, now)
    for status in dicts(inner.get("statuses")):
        yield _safely(_status, status, account, contacts, own_prefix, now)
    for error in dicts(value.get("errors")):
        yield other(error, Channel.WHATSAPP, account, now, f"account error {error.get('code')}")


def _safely(read: object, item: Json, account: str, contacts: list[Json], extra: object, now: datetime) -> Event:
    try:
        event = read(item, account, contacts, extra, now)  # type: ignore[operator]
    except UNREADABLE:
        return other(item, Channel.WHATSAPP, account, now, "malformed")
    assert isinstance(event, Event)
    return event


def _account(value: Json) -> str:
    metadata = value.get("metadata")
    return str(metadata.get("phone_number_id", "")) if isinstance(metadata, dict) else ""


def _message(message: Json, account: str, contacts: list[Json], standby: bool, now: datetime) -> Event:
    ids = _ids_of_sender(message, contacts)
    if not ids or message.get("group_id") or message["type"] in ("system", "reaction", "edit", "revoke"):
        return other(message, Channel.WHATSAPP, account, now, f"message:{message['type']}")
    text, payload = _words(message)
    return Event(
        channel=Channel.WHATSAPP,
        account=account,
        kind=EventKind.STANDBY if standby else EventKind.MESSAGE,
        external_id=f"standby:{identifier(message['id'])}" if standby else identifier(message["id"]),
        occurred_at=from_seconds(message["timestamp"]),
        address=ids[0],
        aliases=ids[1:],
        name=_profile_name(ids, contacts),
        text=text,
        payload=payload,
        attachments=_attachments(message),
    )


def _echo(message: Json, account: str, contacts: list[Json], extra: object, now: datetime) -> Event:
    """Somebody else wrote to the customer: a person on the business phone, or the app that has the thread."""
    phone, user = message.get("to"), message.get("to_user_id")
    ids = tuple(dict.fromkeys(identifier(id_) for id_ in (user, phone) if id_))
    return Event(
        channel=Channel.WHATSAPP,
        account=account,
        kind=EventKind.EXTERNAL,
        external_id=f"echo:{identifier(message['id'])}",
        occurred_at=from_seconds(message["timestamp"]),
        address=ids[0],
        aliases=ids[1:],
        text=_words(message)[0],
        attachments=_attachments(message),
    )


def _ids_of_sender(message: Json, contacts: list[Json]) -> tuple[str, ...]:
    """Return the BSUID first, then the phone number; either may be missing (meta-platform 1.6)."""
    phone, user = message.get("from"), message.get("from_user_id")
    same = [contact for contact in contacts if phone and contact.get("wa_id") == phone]
    if not user and (same or len(contacts) == 1):
        user = (same or contacts)[0].get("user_id")
    if not phone and user:
        phone = next((c.get("wa_id") for c in contacts if c.get("user_id") == user), None)
    return tuple(dict.fromkeys(identifier(id_) for id_ in (user, phone) if id_))


def _profile_name(ids: tuple[str, ...], contacts: list[Json]) -> str | None:
    for contact in contacts:
        if {str(contact.get("user_id")), str(contact.get("wa_id"))} & set(ids):
            profile = contact.get("profile")
            return words(profile.get("name")) if isinstance(profile, dict) else None
    return None


def _words(message: Json) -> tuple[str | None, str | None]:
    """Return what was written or stood on the pressed button, and the button's payload."""
    kind = message["type"]
    if kind == "text":
        return words(message["text"]["body"]), None
    if kind == "button":
        return words(message["button"].get("text")), words(message["button"].get("payload"))
    if kind == "interactive":
        pressed = message["interactive"].get(message["interactive"].get("type"))
        return (words(pressed.get("title")), words(pressed.get("id"))) if isinstance(pressed, dict) else (None, None)
    media = message.get(kind)
    return (words(media.get("caption")) if isinstance(media, dict) else None), None


def _attachments(message: Json) -> tuple[Attachment, ...]:
    kind = message["type"]
    if kind in ("text", "button", "interactive"):
        return ()
    part = message.get(kind) if isinstance(message.get(kind), dict) else {}
    assert isinstance(part, dict)
    media_id = str(part["id"]) if kind in MEDIA and part.get("id") else None
    name = words(part.get("filename")) or words(part.get("name"))
    url, caption = words(part.get("url")), words(part.get("caption"))
    return (Attachment(kind=kind, url=url, media_id=media_id, caption=caption, name=name),)


def _status(status: Json, account: str, contacts: list[Json], own_prefix: str, now: datetime) -> Event:
    word, key = status["status"], str(status.get("biz_opaque_callback_data") or "")
    if word not in STATUSES:
        return other(status, Channel.WHATSAPP, account, now, f"status:{word}")
    recipient = str(status.get("recipient_user_id") or status.get("recipient_id") or "")
    errors = dicts(status.get("errors"))
    receipt = Receipt(
        STATUSES[word],
        key=key if key.startswith(own_prefix) else None,
        external_ids=(identifier(status["id"]),),
        error=f"code {errors[0].get('code')}" if errors else None,
    )
    return Event(
        channel=Channel.WHATSAPP,
        account=account,
        kind=EventKind.RECEIPT,
        external_id=f"status:{status['id']}:{word}:{recipient}",
        occurred_at=from_seconds(status["timestamp"]),
        address=recipient or None,
        receipt=receipt,
    )


def request_body(reply: Reply, address: str, key: str) -> Json:
    """Return the body of the messages call for one request-sized reply. A BSUID goes into `recipient`."""
    to = {"to": f"+{address.lstrip('+')}"} if address.lstrip("+").isdigit() else {"recipient": address}
    head: Json = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
    return {**head, **_content(reply), "biz_opaque_callback_data": key}


def _content(reply: Reply) -> Json:
    if reply.image:
        return {"type": "image", "image": {"link": reply.image}}
    if not reply.buttons:
        return {"type": "text", "text": {"body": reply.text}}
    return {"type": "interactive", "interactive": _interactive(reply)}


def _interactive(reply: Reply) -> Json:
    if len(reply.buttons) <= 3:
        taps = [{"type": "reply", "reply": {"id": b.payload or b.title, "title": b.title}} for b in reply.buttons]
        return {"type": "button", "body": {"text": reply.text}, "action": {"buttons": taps}}
    rows = [{"id": b.payload or b.title, "title": b.title} for b in reply.buttons]
    action = {"button": "Valitse · Välj", "sections": [{"title": "·", "rows": rows}]}
    return {"type": "list", "body": {"text": reply.text}, "action": action}


def seen_bodies(message_id: str) -> list[Json]:
    """Return the call that marks a message as read and shows that an answer is being written."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return [{**body, "typing_indicator": {"type": "text"}}]


def sent_id(answer: Json) -> str:
    """Return the platform's id of a message from the answer to its request."""
    return str(answer["messages"][0]["id"])
