"""Customers and what stands on their phones: in memory, bounded, gone with the process."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.simulator.errors import Json

Channel = Literal["messenger", "whatsapp"]
Sender = Literal["customer", "business"]
Ticks = Literal["waiting", "sent", "delivered", "read", "failed"]
RANK: dict[Ticks, int] = {"waiting": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
MAX_MESSAGES = 2000


@dataclass(frozen=True)
class Choice:
    """Something the customer can press."""

    kind: Literal["quick_reply", "postback", "url", "call", "reply", "row", "template"]
    title: str
    payload: str = ""  # what comes back; the address or number for url and call
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class Card:
    """One element of a generic template."""

    title: str
    subtitle: str = ""
    image: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Content:
    """A message as a phone shows it, whatever channel it came by."""

    kind: Literal["text", "image", "sticker", "audio", "video", "file", "location", "template"] = "text"
    text: str = ""
    header: str = ""
    footer: str = ""
    media: str = ""  # address of the picture, voice message or file
    menu: str = ""  # label that opens a WhatsApp list
    choices: tuple[Choice, ...] = ()
    cards: tuple[Card, ...] = ()

    def pressable(self) -> list[Choice]:
        """Everything that can be pressed, cards included."""
        return [*self.choices, *(choice for card in self.cards for choice in card.choices)]


@dataclass
class Message:
    """One bubble. `n` counts up within the chat."""

    n: int
    id: str
    sender: Sender
    at: datetime
    content: Content
    ticks: Ticks = "sent"
    pressed: str = ""  # title of the choice taken
    reaction: str = ""
    callback: str = ""  # metadata or biz_opaque_callback_data of the sender

    def as_json(self) -> Json:
        """For the control API; times in ISO 8601 UTC with milliseconds."""
        return {
            "n": self.n,
            "id": self.id,
            "from": self.sender,
            "at": self.at.isoformat(timespec="milliseconds"),
            "status": self.ticks,
            "pressed": self.pressed or None,
            "reaction": self.reaction or None,
            "callback": self.callback or None,
            **asdict(self.content),
        }


@dataclass
class Contact:
    """A customer on one channel, with the addresses Meta would know him by."""

    id: str
    channel: Channel
    name: str
    psid: str = ""
    bsuid: str = ""
    phone: str = ""  # digits with country code, without plus; empty: nobody may see it
    username: str = ""
    online: bool = True  # off: nothing is delivered to the phone
    reads: bool = True  # off: delivered, never read
    blocked: bool = False
    last_written: datetime | None = None  # opens the 24 h window
    typing: bool = False
    messages: list[Message] = field(default_factory=list)
    count: int = 0
    last_stamp: int = 0

    @property
    def address(self) -> str:
        """PSID or BSUID."""
        return self.psid or self.bsuid

    def add(self, id: str, sender: Sender, content: Content, at: datetime) -> Message:
        """Put a bubble at the end; the oldest go when the chat is too long."""
        self.count += 1
        message = Message(self.count, id, sender, at, content)
        self.messages.append(message)
        del self.messages[:-MAX_MESSAGES]
        return message

    def find(self, message_id: str) -> Message | None:
        """The bubble with that mid or wamid."""
        return next((message for message in reversed(self.messages) if message.id == message_id), None)

    def open_choices(self, message: Message) -> list[Choice]:
        """What can still be pressed: quick replies live only under the newest bubble, WhatsApp's buttons once."""
        newest = self.messages and message is self.messages[-1]
        spent = self.channel == "whatsapp" and bool(message.pressed)
        return [
            choice
            for choice in message.content.pressable()
            if (newest if choice.kind == "quick_reply" else not spent or choice.kind in ("url", "call"))
        ]

    def stamp(self, now: datetime) -> int:
        """Milliseconds since 1970, never the same twice: Meta's time is the order of the conversation."""
        self.last_stamp = max(int(now.timestamp() * 1000), self.last_stamp + 1)
        return self.last_stamp

    def as_json(self) -> Json:
        """For the control API."""
        keys = ("id", "channel", "name", "psid", "bsuid", "phone", "username", "online", "reads", "blocked", "typing")
        written = self.last_written.isoformat() if self.last_written else None
        return {**{key: getattr(self, key) for key in keys}, "address": self.address, "last_written": written}


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]


def at_stamp(stamp: int) -> datetime:
    """The moment of a stamp in milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=stamp)
