"""What both send APIs have in common: the outcome of reading a request."""

from dataclasses import dataclass, field

from bot.simulator.errors import Json
from bot.simulator.state import Contact, Content


@dataclass(frozen=True)
class Sending:
    """A request that was found good: a message (`content`) or an action on the phone."""

    contact: Contact
    content: Content | None = None
    action: str = ""  # typing_on, typing_off, mark_seen, react
    callback: str = ""  # metadata or biz_opaque_callback_data
    echo: Json = field(default_factory=dict)
    target: str = ""  # message that is read or reacted to
    emoji: str = ""
    typing: bool = False  # WhatsApp: reading may also show the typing indicator
    to: str = ""  # WhatsApp: the recipient as it was written
