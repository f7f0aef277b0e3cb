"""Instagram speaks Messenger's language with a few words of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.messenger import read_webhook
from bot.model import Attachment, Channel, DeliveryStatus, Event, EventKind, Receipt
from tests.conftest import NOW
from tests.unit.channels.payloads import in_short, names, payload

ACCOUNT, CUSTOMER = "17841455512340001", "6900112233445566"


def event(
    kind: EventKind,
    external_id: str,
    text: str | None = None,
    receipt: Receipt | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Event:
    return Event(
        channel=Channel.INSTAGRAM,
        account=ACCOUNT,
        kind=kind,
        external_id=external_id,
        occurred_at=datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC),
        address=CUSTOMER,
        text=text,
        receipt=receipt,
        attachments=attachments,
    )


SENT = Receipt(DeliveryStatus.SENT, "aspa:kY3v9QcZ", ("aWdfOUT1",))
SEEN = Receipt(DeliveryStatus.READ, None, ("aWdfOUT1",))
MENTION = Attachment("story_mention", "https://cdn.example/maininta")
EXPECTED: dict[str, list[Event | str]] = {
    "text": [event(EventKind.MESSAGE, "aWdf1", "moikka")],
    "unsend": ["unsend"],
    "story_reply": [event(EventKind.MESSAGE, "aWdf2", "paljonko tää maksaa")],
    "story_mention": [event(EventKind.MESSAGE, "aWdf3", attachments=(MENTION,))],
    "seen": [event(EventKind.RECEIPT, f"read:{CUSTOMER}:aWdfOUT1", receipt=SEEN)],
    "own_echo": [event(EventKind.RECEIPT, "echo:aWdfOUT1", receipt=SENT)],
    "unsupported": [event(EventKind.MESSAGE, "aWdf4", attachments=(Attachment("ephemeral"),))],
}


@pytest.mark.parametrize("name", names("instagram"))
def test_every_webhook_becomes_its_events(name: str) -> None:
    events = read_webhook(payload("instagram", name), Channel.INSTAGRAM, "aspa:", NOW)
    assert in_short(events) == EXPECTED[name]


def test_every_expectation_has_its_payload() -> None:
    assert sorted(EXPECTED) == names("instagram")
