"""Messenger (and Instagram, which speaks the same): webhooks to events, replies to requests. Meta-platform 1.4, 3.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from bot.channels.base import UNREADABLE, bounded, dicts, fingerprint, identifier, other, words
from bot.clock import from_millis
from bot.model import Attachment, Channel, DeliveryStatus, Event, EventKind, Json, Receipt, Reply

GET_STARTED = "GET_STARTED"


def read_webhook(body: Json, channel: Channel, own_prefix: str, now: datetime) -> Iterator[Event]:
    """Yield every event of every entry, whatever its shape; what is not understood becomes an OTHER event."""
    return bounded(_read(body, channel, own_prefix, now))


def _read(body: Json, channel: Channel, own_prefix: str, now: datetime) -> Iterator[Event]:
    for entry in dicts(body.get("entry")):
        account = str(entry.get("id", ""))
        for item in dicts(entry.get("messaging")):
            yield _event(item, channel, account, own_prefix, now)
        for item in dicts(entry.get("standby")):
            yield _standby(item, channel, account, own_prefix, now)
        for change in dicts(entry.get("changes")):
            yield other(change, channel, account, now, f"change:{change.get('field')}")


def _event(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    try:
        for key, read in _READERS.items():
            if isinstance(item.get(key), dict):
                return read(item, channel, account, own_prefix, now)
    except UNREADABLE:
        return other(item, channel, account, now, "malformed")
    what = ",".join(sorted(set(item) - {"sender", "recipient", "timestamp"}))
    return other(item, channel, account, now, what[:100] or "empty")


def _message(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    message = item["message"]
    if message.get("is_echo"):
        return _echo(item, channel, account, own_prefix, now)
    if message.get("is_deleted"):
        return other(item, channel, account, now, "unsend")
    return Event(
        channel=channel,
        account=account,
        kind=EventKind.MESSAGE,
        external_id=identifier(message["mid"]),
        occurred_at=_when(item, now),
        address=identifier(item["sender"]["id"]),
        text=words(message.get("text")),
        payload=words((message.get("quick_reply") or {}).get("payload")),
        attachments=_attachments(message),
    )


def _attachments(message: Json) -> tuple[Attachment, ...]:
    parts = tuple(_attachment(part) for part in dicts(message.get("attachments")))
    return (Attachment("unsupported"),) if message.get("is_unsupported") and not parts else parts


def _attachment(part: Json) -> Attachment:
    payload = part.get("payload") if isinstance(part.get("payload"), dict) else {}
    assert isinstance(payload, dict)
    return Attachment(
        kind=str(part.get("type", "unknown")), url=words(payload.get("url")), name=words(payload.get("title"))
    )


def _echo(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    """An echo is about a message from the Page: ours by our key in `metadata`, otherwise somebody else's."""
    message = item["message"]
    mid, key = identifier(message["mid"]), words(message.get("metadata")) or ""
    common = partial(
        Event,
        channel=channel,
        account=account,
        occurred_at=_when(item, now),
        address=identifier(item["recipient"]["id"]),
    )
    if key.startswith(own_prefix):
        receipt = Receipt(DeliveryStatus.SENT, key=key, external_ids=(mid,))
        return common(kind=EventKind.RECEIPT, external_id=f"echo:{mid}", receipt=receipt)
    text, attachments = words(message.get("text")), _attachments(message)
    return common(kind=EventKind.EXTERNAL, external_id=f"echo:{mid}", text=text, attachments=attachments)


def _postback(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    postback = item["postback"]
    payload = words(postback.get("payload"))
    return Event(
        channel=channel,
        account=account,
        kind=EventKind.MESSAGE,
        external_id=identifier(postback.get("mid") or fingerprint(item)),
        occurred_at=_when(item, now),
        address=identifier(item["sender"]["id"]),
        text=words(postback.get("title")),
        payload=None if payload == GET_STARTED else payload,
        note="get_started" if payload == GET_STARTED else None,
    )


def _mark(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    """`delivery` and `read`: the messages named, and all of ours up to the watermark; Instagram's has no watermark."""
    key, status = ("read", DeliveryStatus.READ) if "read" in item else ("delivery", DeliveryStatus.DELIVERED)
    body = item[key]
    mids = tuple(identifier(mid) for mid in body.get("mids") or ([body["mid"]] if body.get("mid") else []))
    watermark = from_millis(body["watermark"]) if body.get("watermark") else None
    if watermark is None and not mids:
        return other(item, channel, account, now, "malformed")
    receipt = Receipt(status, external_ids=mids, watermark=watermark)
    address = identifier(item["sender"]["id"])
    what = body.get("watermark") or ",".join(mids)
    return Event(
        channel=channel,
        account=account,
        kind=EventKind.RECEIPT,
        external_id=f"{key}:{address}:{what}",
        occurred_at=_when(item, now),
        address=address,
        receipt=receipt,
    )


_READERS: dict[str, Callable[[Json, Channel, str, str, datetime], Event]] = {
    "message": _message,
    "postback": _postback,
    "delivery": _mark,
    "read": _mark,
}


def _standby(item: Json, channel: Channel, account: str, own_prefix: str, now: datetime) -> Event:
    """Another app has the thread: what is said there is kept for reading, nothing is answered."""
    try:
        message = item["message"]
        if message.get("is_echo"):
            return _echo(item, channel, account, own_prefix, now)
        if message.get("is_deleted"):
            return other(item, channel, account, now, "unsend")
        return Event(
            channel=channel,
            account=account,
            kind=EventKind.STANDBY,
            external_id=f"standby:{identifier(message['mid'])}",
            occurred_at=_when(item, now),
            address=identifier(item["sender"]["id"]),
            text=words(message.get("text")),
            attachments=_attachments(message),
        )
    except UNREADABLE:
        return other(item, channel, account, now, "standby")


def _when(item: Json, now: datetime) -> datetime:
    return from_millis(item["timestamp"]) if item.get("timestamp") else now


def request_body(reply: Reply, address: str, key: str) -> Json:
    """Return the body of the Send API call for one request-sized reply."""
    return {
        "recipient": {"id": address},
        "messaging_type": "RESPONSE",
        "message": {**_content(reply), "metadata": key},
    }


def _content(reply: Reply) -> Json:
    if reply.image:
        return {"attachment": {"type": "image", "payload": {"url": reply.image}}}
    if not reply.buttons:
        return {"text": reply.text}
    quick = [{"content_type": "text", "title": b.title, "payload": b.payload or b.title} for b in reply.buttons]
    return {"text": reply.text, "quick_replies": quick}


def seen_bodies(address: str) -> list[Json]:
    """Return the calls that show the customer that his message was seen and is being answered."""
    return [{"recipient": {"id": address}, "sender_action": action} for action in ("mark_seen", "typing_on")]


def sent_id(answer: Json) -> str:
    """Return the platform's id of a message from the answer to its request."""
    return str(answer["message_id"])
