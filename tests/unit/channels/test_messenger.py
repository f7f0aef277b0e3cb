"""Messenger: every shape of a webhook becomes the events that it holds, every reply a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.base import fingerprint
from bot.channels.messenger import read_webhook, request_body, seen_bodies, sent_id
from bot.model import Attachment, Button, Channel, DeliveryStatus, Event, EventKind, Receipt, Reply
from tests.conftest import NOW
from tests.unit.channels.payloads import in_short, names, payload

PAGE, ANNA, OLLI = "204411873920551", "7310554820019467", "7310554820022388"
AT = datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)
MARK = AT + timedelta(milliseconds=900)


def event(kind: EventKind, external_id: str, **fields: Any) -> Event:
    """Make an event of Anna on our Page."""
    usual = {"account": PAGE, "address": ANNA, "occurred_at": AT}
    return Event(channel=Channel.MESSENGER, kind=kind, external_id=external_id, **{**usual, **fields})


def said(mid: str, text: str | None = None, **fields: Any) -> Event:
    return event(EventKind.MESSAGE, mid, text=text, **fields)


def sent(mid: str, *attachments: Attachment, text: str | None = None, **fields: Any) -> Event:
    return said(mid, text, attachments=attachments, **fields)


def elsewhere(mid: str, text: str | None = None, **fields: Any) -> Event:
    return event(EventKind.EXTERNAL, f"echo:{mid}", text=text, **fields)


def standby(mid: str, text: str | None = None, **fields: Any) -> Event:
    return event(EventKind.STANDBY, f"standby:{mid}", text=text, **fields)


def echo(mid: str, key: str) -> Event:
    return event(EventKind.RECEIPT, f"echo:{mid}", receipt=Receipt(DeliveryStatus.SENT, key, (mid,)))


def mark(external_id: str, status: DeliveryStatus, *mids: str, until: datetime | None = None) -> Event:
    return event(EventKind.RECEIPT, external_id, receipt=Receipt(status, None, mids, until))


NAMELESS = payload("messenger", "postback_without_mid")["entry"][0]["messaging"][0]
DELIVERED, READ = DeliveryStatus.DELIVERED, DeliveryStatus.READ
MAP = "https://revontuli.example/kuuluvuus"
EXPECTED: dict[str, list[Event | str]] = {
    "text": [said("m_T1", "Moi, netti on poikki Hervannassa 😕")],
    "reply_to_a_message": [said("m_T2", "tuo on väärin")],
    "quick_reply": [said("m_Q1", "Laajakaista", payload='/inform{"service":"broadband"}')],
    "postback": [said("m_P1", "Asiakaspalvelija", payload="/ask_human")],
    "postback_without_mid": [said(fingerprint(NAMELESS), "Kyllä", payload="/affirm")],
    "get_started": [said("m_P2", "Get Started", note="get_started")],
    "image": [sent("m_A1", Attachment("image", "https://cdn.example/kuva.jpg"))],
    "sticker": [sent("m_A2", Attachment("sticker", "https://cdn.example/peukku.png"))],
    "shared_link": [sent("m_A3", Attachment("fallback", MAP, name="Kuuluvuuskartta"), text=MAP)],
    "fallback_without_payload": [sent("m_A4", Attachment("fallback"))],
    "attachment_of_an_unknown_type": [sent("m_A5", Attachment("hologram"))],
    "unsupported": [sent("m_A6", Attachment("unsupported"))],
    "unsend": ["unsend"],
    "own_echo": [echo("m_OUT1", "aspa:kY3v9QaZ")],
    "own_echo_from_another_app_id": [echo("m_OUT2", "aspa:kY3v9QbZ")],
    "echo_of_the_page_inbox": [elsewhere("m_INBOX1", "Hei, täällä Liisa. Katson asiaa.")],
    "echo_of_an_image": [
        elsewhere("m_INBOX2", attachments=(Attachment("image", "https://cdn.example/ohje.png"),)),
    ],
    "delivery_with_mids": [mark(f"delivery:{ANNA}:1795428001150", DELIVERED, "m_OUT1", "m_OUT2", until=MARK)],
    "delivery_watermark_only": [mark(f"delivery:{ANNA}:1795428001150", DELIVERED, until=MARK)],
    "delivery_without_anything": ["malformed"],
    "read": [mark(f"read:{ANNA}:1795428001450", READ, until=AT + timedelta(milliseconds=1200))],
    "reaction": ["reaction"],
    "reaction_removed": ["reaction"],
    "edit": ["message_edit"],
    "referral": ["referral"],
    "pass_thread_control": ["pass_thread_control"],
    "standby_message": [standby("m_S1", "onko siellä ketään?")],
    "standby_postback_without_payload": ["standby"],
    "standby_echo": [elsewhere("m_INBOX3", "Olen täällä")],
    "change_of_a_postback": ["change:messaging_postbacks"],
    "change_of_the_feed": ["change:feed"],
    "unknown_item": ["message_dream"],
    "unknown_fields_beside_known_ones": [said("m_U1", "moi")],
    "message_without_mid": ["malformed"],
    "message_without_sender": ["malformed"],
    "ids_of_a_wrong_type": ["malformed", "malformed"],
    "texts_of_a_wrong_type": [said("m_W2"), said("m_W3")],
    "timestamp_out_of_range": ["malformed"],
    "timestamp_missing": [said("m_W5", "moi", occurred_at=NOW)],
    "id_too_long_for_an_index": ["an id is too long", said("m_L2", "toinen")],
    "items_of_a_wrong_type": [said("m_I1", "silti")],
    "batch": [
        said("m_B1", "moi"),
        said("m_B2", "mul ei toimi netti", occurred_at=AT + timedelta(milliseconds=1)),
        said("m_B3", "missä tilaus 48213", address=OLLI, occurred_at=AT + timedelta(milliseconds=2)),
        event(
            EventKind.RECEIPT,
            f"delivery:{ANNA}:1795428000250",
            occurred_at=AT + timedelta(milliseconds=3),
            receipt=Receipt(DELIVERED, None, ("m_OUT1",), AT),
        ),
        said(
            "m_B4",
            "toinen sivu",
            account="204411873920999",
            address="8800000000000001",
            occurred_at=AT + timedelta(milliseconds=4),
        ),
        standby(
            "m_B5",
            "toiselle",
            account="204411873920999",
            address="8800000000000002",
            occurred_at=AT + timedelta(milliseconds=5),
        ),
    ],
}


@pytest.mark.parametrize("name", names("messenger"))
def test_every_webhook_becomes_its_events(name: str) -> None:
    events = read_webhook(payload("messenger", name), Channel.MESSENGER, "aspa:", NOW)
    assert in_short(events) == EXPECTED[name]


def test_every_expectation_has_its_payload() -> None:
    assert sorted(EXPECTED) == names("messenger")


def test_what_is_kept_only_has_a_name_by_its_content() -> None:
    first, again, other = (
        next(read_webhook(payload("messenger", name), Channel.MESSENGER, "aspa:", NOW))
        for name in ("reaction", "reaction", "reaction_removed")
    )
    assert first.external_id == again.external_id != other.external_id


REPLIES = {
    "text": (Reply("Moi"), {"text": "Moi"}),
    "image": (
        Reply(image="https://cdn.example/a.png"),
        {"attachment": {"type": "image", "payload": {"url": "https://cdn.example/a.png"}}},
    ),
    "buttons": (
        Reply("Mikä?", (Button("Netti", "/net"), Button("TV"))),
        {
            "text": "Mikä?",
            "quick_replies": [
                {"content_type": "text", "title": "Netti", "payload": "/net"},
                {"content_type": "text", "title": "TV", "payload": "TV"},
            ],
        },
    ),
}


@pytest.mark.parametrize(("reply", "message"), REPLIES.values(), ids=REPLIES)
def test_every_reply_becomes_a_request(reply: Reply, message: dict[str, Any]) -> None:
    assert request_body(reply, ANNA, "aspa:k") == {
        "recipient": {"id": ANNA},
        "messaging_type": "RESPONSE",
        "message": {**message, "metadata": "aspa:k"},
    }


def test_seen_and_typing_are_requests_of_their_own() -> None:
    assert [body["sender_action"] for body in seen_bodies(ANNA)] == ["mark_seen", "typing_on"]
    assert all("message" not in body for body in seen_bodies(ANNA))


def test_the_platforms_id_is_in_the_answer() -> None:
    assert sent_id({"recipient_id": ANNA, "message_id": "m_OUT1"}) == "m_OUT1"
