"""The words of the product as types: what comes in, what goes out, who has the conversation. No I/O, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Json = dict[str, Any]
Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = ("fi", "sv", "en")


class Channel(StrEnum):
    """A transport that customers write in."""

    MESSENGER = "messenger"
    WHATSAPP = "whatsapp"
    INSTAGRAM = "instagram"


class Owner(StrEnum):
    """Who answers a conversation now."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    EXTERNAL = "external"


class EventKind(StrEnum):
    """What one item of a webhook means to us."""

    MESSAGE = "message"  # the customer wrote, pressed a button or sent an attachment
    EXTERNAL = "external"  # somebody else answered for us: the Page inbox, the phone, another app
    STANDBY = "standby"  # the customer wrote while another app has the thread
    RECEIPT = "receipt"  # an echo, delivery, read mark or status of something that we sent
    OTHER = "other"  # known or unknown, kept but not acted on


class DeliveryStatus(StrEnum):
    """Where a reply is on its way. Later ones never go back to earlier ones."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    DEAD = "dead"
    DROPPED = "dropped"


RECEIPT_RANK: dict[DeliveryStatus, int] = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.SENT: 2,
    DeliveryStatus.DELIVERED: 3,
    DeliveryStatus.READ: 4,
}
"""A receipt moves a reply forward along this rank, never back: statuses overtake each other (meta-platform 1.3)."""


class Author(StrEnum):
    """Who said a line of the transcript."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    EXTERNAL = "external"
    SYSTEM = "system"


class HandoffState(StrEnum):
    """Waiting in the queue, taken by an agent, given back to the bot, or settled."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    RELEASED = "released"
    RESOLVED = "resolved"


class Role(StrEnum):
    """What a sign-in may do."""

    AGENT = "agent"
    CONTENT = "content"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that is not text. `kind` is the platform's own word (image, audio, sticker, location, ...)."""

    kind: str
    url: str | None = None
    media_id: str | None = None
    caption: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """News about something we sent: by our own key, by the platform's id, or for everything up to a watermark."""

    status: DeliveryStatus
    key: str | None = None
    external_ids: tuple[str, ...] = ()
    watermark: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One item of a webhook in our words.

    `external_id` is unique in (channel, account) and what duplicates are recognised by. `address` is the customer's
    id on the channel (PSID, BSUID, or a phone number where there is no BSUID); `aliases` are his other ids.
    """

    channel: Channel
    account: str
    kind: EventKind
    external_id: str
    occurred_at: datetime
    address: str | None = None
    aliases: tuple[str, ...] = ()
    name: str | None = None
    text: str | None = None
    payload: str | None = None
    attachments: tuple[Attachment, ...] = ()
    receipt: Receipt | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """Something the customer can tap: `payload` comes back to us, `url` opens a page."""

    title: str
    payload: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to the customer, for any channel."""

    text: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None

    def as_json(self) -> Json:
        """Return the form kept in the outbox and the transcript."""
        buttons = [{"title": b.title, "payload": b.payload, "url": b.url} for b in self.buttons]
        return {"text": self.text, "buttons": buttons, "image": self.image}

    @classmethod
    def from_json(cls, data: Json) -> Reply:
        """Read back what `as_json` wrote."""
        return cls(data["text"], tuple(Button(**button) for button in data["buttons"]), data["image"])


@dataclass(frozen=True, slots=True)
class HandoffWish:
    """An action asks for a person: why, and what the customer wants, in one sentence per language."""

    reason: str
    wish: dict[str, str]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """One backend query with its result: None when it gave no answer (`ok` False) or knew nothing."""

    source: str
    query: Json
    result: Json | None
    ok: bool
    at: datetime
    took_ms: float


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The customer agreed to be told about something, at the longest until `until`."""

    to: str
    key: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitTime:
    """The customer asks how long it takes until a person answers."""


Effect = HandoffWish | Lookup | Subscribe | WaitTime


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the bot understood of one message."""

    text: str
    intent: str
    confidence: float
    entities: tuple[Json, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class BotTurn:
    """All that the bot made of a batch of messages: in order what it says and what it asks the product to do."""

    steps: tuple[Reply | Effect, ...]
    tracker: Json
    language: Language
    slots: Json = field(default_factory=dict)
    understood: tuple[Understanding, ...] = ()
