"""WhatsApp: every shape of a webhook becomes the events that it holds, every reply a request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.whatsapp import read_webhook, request_body, seen_bodies, sent_id
from bot.model import Attachment, Button, Channel, DeliveryStatus, Event, EventKind, Receipt, Reply
from tests.conftest import NOW
from tests.unit.channels.payloads import in_short, names, payload

NUMBER, PHONE, BSUID = "115599337711220", "358451239876", "FI.40213377159902618843"
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = "aspa:kY3v9QdZ"


def event(kind: EventKind, external_id: str, **fields: Any) -> Event:
    """Make an event of Elli on our number."""
    usual = {"account": NUMBER, "address": BSUID, "occurred_at": AT}
    return Event(channel=Channel.WHATSAPP, kind=kind, external_id=external_id, **{**usual, **fields})


def said(number: str, text: str | None = None, **fields: Any) -> Event:
    usual = {"aliases": (PHONE,), "name": "Elli Oja"}
    return event(EventKind.MESSAGE, f"wamid.{number}", text=text, **{**usual, **fields})


def sent(number: str, *attachments: Attachment, text: str | None = None) -> Event:
    return said(number, text, attachments=attachments)


def elsewhere(number: str, text: str) -> Event:
    return event(EventKind.EXTERNAL, f"echo:wamid.{number}", text=text, address=PHONE)


def status(word: str, to: DeliveryStatus, who: str = BSUID, number: str = "OUT1", **news: Any) -> Event:
    receipt = Receipt(to, **{"key": KEY, "external_ids": (f"wamid.{number}",), **news})
    return event(EventKind.RECEIPT, f"status:wamid.{number}:{word}:{who}", address=who or None, receipt=receipt)


SENT, DELIVERED, READ, FAILED = (DeliveryStatus(word) for word in ("sent", "delivered", "read", "failed"))
MEDIA = "https://lookaside.example/?mid=1203998877665544"
PIA: dict[str, Any] = {"address": "FI.77", "aliases": ("358501112223",), "name": "Pia"}
EXPECTED: dict[str, list[Event | str]] = {
    "text": [said("T1", "Mis mun paketti viipyy? /tilaus 48213")],
    "text_of_before_the_bsuids": [said("T2", "moi", address=PHONE, aliases=())],
    "text_of_a_username_without_a_number": [said("T3", "hei", aliases=())],
    "bsuid_only_in_the_contact": [said("T4", "hei")],
    "bsuid_in_from": [said("T5", "hei", aliases=())],
    "text_without_contacts": [said("T6", "hei", name=None)],
    "reply_with_context": [said("T7", "tähän")],
    "button_reply": [said("I1", "Kyllä", payload="/affirm")],
    "list_reply": [said("I2", "Toimitusaika", payload="/faq_delivery_time")],
    "flow_reply": [said("I3")],
    "template_button": [said("I4", "Lopeta viestit", payload="/stop_messages")],
    "image_with_caption": [
        sent(
            "A1",
            Attachment("image", MEDIA, "1203998877665544", "tää valo vilkkuu"),
            text="tää valo vilkkuu",
        ),
    ],
    "voice": [sent("A2", Attachment("audio", media_id="1203998877665545"))],
    "document": [sent("A3", Attachment("document", media_id="1203998877665546", name="lasku.pdf"))],
    "sticker": [sent("A4", Attachment("sticker", media_id="1203998877665547"))],
    "location": [sent("A5", Attachment("location", name="Keskustori"))],
    "contact_card": [sent("A6", Attachment("contacts"))],
    "order": [sent("A7", Attachment("order"))],
    "unsupported": [sent("A8", Attachment("unsupported"))],
    "unknown_type": [sent("A9", Attachment("telepathy"))],
    "reaction": ["message:reaction"],
    "reaction_removed": ["message:reaction"],
    "edit": ["message:edit"],
    "revoke": ["message:revoke"],
    "group_message": ["message:text"],
    "number_changed": ["message:system"],
    "status_sent": [status("sent", SENT)],
    "status_delivered": [status("delivered", DELIVERED)],
    "status_read": [status("read", READ)],
    "status_played": [status("played", READ)],
    "status_failed": [status("failed", FAILED, PHONE, error="code 131047")],
    "status_with_the_key_of_another_app": [status("sent", SENT, number="OUT7", key=None)],
    "status_unknown": ["status:forwarded"],
    "status_without_recipient": [status("read", READ, who="", key=None)],
    "statuses_of_a_group": [status("delivered", DELIVERED, who) for who in ("FI.1", "FI.2")],
    "standby_message": [
        event(EventKind.STANDBY, "standby:wamid.S1", text="haloo", aliases=(PHONE,), name="Elli Oja"),
    ],
    "standby_echo": [elsewhere("S2", "Hei, tekoäly tässä")],
    "echo_of_the_phone_app": [elsewhere("S3", "Soitan sulle kohta")],
    "echo_without_recipient": ["malformed"],
    "handover": ["change:messaging_handovers"],
    "account_error": ["account error 130429"],
    "quality_update": ["change:phone_number_quality_update"],
    "unknown_field": ["change:weather"],
    "unknown_fields_beside_known_ones": [said("U1", "moi")],
    "value_is_no_object": ["malformed", "malformed"],
    "message_without_sender": ["message:text"],
    "message_without_type": ["malformed"],
    "message_without_its_part": ["malformed"],
    "parts_of_a_wrong_type": [
        said("N4", name=None),
        "malformed",
        said("N6", name=None, attachments=(Attachment("image"),)),
        said("N7", name=None, attachments=(Attachment("document", media_id="7"),)),
    ],
    "timestamp_out_of_range": ["malformed"],
    "batch": [
        said("B1", "moi"),
        said("B2", "33100"),
        status("sent", SENT),
        status("delivered", DELIVERED),
        said("B3", "hej", **PIA),
        status("read", READ, number="OUT2"),
        "account error 131000",
        said("B1", "toinen numero", account="115599337711999", address="358409998887", aliases=(), name=None),
    ],
}


@pytest.mark.parametrize("name", names("whatsapp"))
def test_every_webhook_becomes_its_events(name: str) -> None:
    assert in_short(read_webhook(payload("whatsapp", name), "aspa:", NOW)) == EXPECTED[name]


def test_every_expectation_has_its_payload() -> None:
    assert sorted(EXPECTED) == names("whatsapp")


ADDRESSES = {
    "BSUID": (BSUID, {"recipient": BSUID}),
    "BSUID of linked portfolios": ("FI.ENT.40213377159902618843", {"recipient": "FI.ENT.40213377159902618843"}),
    "number": (PHONE, {"to": f"+{PHONE}"}),
    "number with its plus": (f"+{PHONE}", {"to": f"+{PHONE}"}),
}


@pytest.mark.parametrize(("address", "to"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_bsuid_is_no_phone_number(address: str, to: dict[str, str]) -> None:
    assert request_body(Reply("Moi"), address, KEY) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **to,
        "type": "text",
        "text": {"body": "Moi"},
        "biz_opaque_callback_data": KEY,
    }


def test_up_to_three_buttons_are_buttons() -> None:
    body = request_body(Reply("Mikä?", tuple(Button(f"b{n}", f"/b{n}") for n in range(3))), BSUID, KEY)
    assert body["interactive"]["type"] == "button"
    assert [tap["reply"] for tap in body["interactive"]["action"]["buttons"]] == [
        {"id": f"/b{n}", "title": f"b{n}"} for n in range(3)
    ]


def test_more_than_three_buttons_are_a_list() -> None:
    body = request_body(Reply("Mikä?", tuple(Button(f"b{n}") for n in range(4))), BSUID, KEY)
    (section,) = body["interactive"]["action"]["sections"]
    assert (body["interactive"]["type"], len(section["rows"])) == ("list", 4)
    assert section["rows"][3] == {"id": "b3", "title": "b3"}


def test_an_image_goes_by_its_link() -> None:
    body = request_body(Reply(image="https://cdn.example/a.png"), BSUID, KEY)
    assert (body["type"], body["image"]) == ("image", {"link": "https://cdn.example/a.png"})


def test_the_read_mark_shows_typing() -> None:
    (body,) = seen_bodies("wamid.T1")
    assert (body["status"], body["message_id"], body["typing_indicator"]) == ("read", "wamid.T1", {"type": "text"})


def test_the_platforms_id_is_in_the_answer() -> None:
    assert sent_id({"messages": [{"id": "wamid.OUT1"}]}) == "wamid.OUT1"
