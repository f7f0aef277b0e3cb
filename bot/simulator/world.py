"""All customers, and the stream of everything that happens on their phones."""

import base64
import secrets
from datetime import datetime

from bot.simulator.errors import Json
from bot.simulator.feed import Feed
from bot.simulator.state import RANK, Channel, Clock, Contact, Content, Message, Sender, Ticks

MAX_CONTACTS = 2000
MAX_REMEMBERED = 200_000  # message ids by which a customer is found
NAMES = (
    "Aino Virtanen", "Eero Mäkinen", "Helmi Nieminen", "Onni Korhonen", "Linnea Söderholm", "Väinö Laine", "Siiri Salo",
    "Elias Lindqvist", "Kerttu Rantanen", "Oskar Berg", "Aada Salonen", "Toivo Heikkinen", "Maja Sandberg", "Pekka Oja",
)  # fmt: skip


class World:
    """Contacts by id and by every address; `changes` is what pages and tests listen to."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.contacts: dict[str, Contact] = {}
        self.changes: Feed[Json] = Feed()
        self._created = 0
        self._by_address: dict[tuple[str, str], Contact] = {}
        self._by_message: dict[str, Contact] = {}

    def new_contact(self, channel: Channel, known: Json) -> Contact:
        """A customer with the given fields, the missing ones made up; addresses are never given out twice."""
        self._created += 1
        name = known.get("name") or NAMES[(self._created - 1) % len(NAMES)]
        contact = Contact(f"c{self._created}", channel, name, username=known.get("username") or "")
        if channel == "messenger":
            contact.psid = known.get("psid") or _digits(16)
        else:
            contact.bsuid = known.get("bsuid") or "FI." + _digits(20)
            contact.phone = known["phone"] if known.get("phone") is not None else "35845" + _digits(7)
        self._keep(contact)
        self.changed("contact", contact)
        return contact

    def _keep(self, contact: Contact) -> None:
        while len(self.contacts) >= MAX_CONTACTS:
            self._forget(self.contacts[next(iter(self.contacts))])
        self.contacts[contact.id] = contact
        self._by_address |= dict.fromkeys(_addresses(contact), contact)

    def _forget(self, contact: Contact) -> None:
        del self.contacts[contact.id]
        self._by_address = {key: other for key, other in self._by_address.items() if other is not contact}
        self._by_message = {key: other for key, other in self._by_message.items() if other is not contact}

    def on(self, channel: Channel) -> list[Contact]:
        """The customers of one channel, oldest first."""
        return [contact for contact in self.contacts.values() if contact.channel == channel]

    def taken(self, known: Json) -> str | None:
        """The first address in `known` that somebody has already."""
        wanted = (("psid", known.get("psid")), ("bsuid", known.get("bsuid")), ("phone", known.get("phone")))
        return next((address for kind, address in wanted if address and (kind, address) in self._by_address), None)

    def by_psid(self, psid: str) -> Contact | None:
        """Messenger's page-scoped id."""
        return self._by_address.get(("psid", psid))

    def by_bsuid(self, bsuid: str) -> Contact | None:
        """WhatsApp's business-scoped id."""
        return self._by_address.get(("bsuid", bsuid))

    def by_phone(self, digits: str) -> Contact | None:
        """WhatsApp by number, which not everybody shows."""
        return self._by_address.get(("phone", digits))

    def by_message(self, message_id: str) -> tuple[Contact, Message] | None:
        """Whose phone holds that message."""
        contact = self._by_message.get(message_id)
        message = contact.find(message_id) if contact else None
        return (contact, message) if contact and message else None

    def put(self, contact: Contact, message_id: str, sender: Sender, content: Content, at: datetime) -> Message:
        """Show a new bubble on the phone."""
        message = contact.add(message_id, sender, content, at)
        self._by_message[message_id] = contact
        while len(self._by_message) > MAX_REMEMBERED:
            del self._by_message[next(iter(self._by_message))]
        return message

    def changed(self, kind: str, contact: Contact | None, **more: object) -> None:
        """Tell everybody who listens. Kinds: contact, message, ticks, typing, webhook, faults."""
        self.changes.append({"kind": kind, "contact": contact.id if contact else None, **more})

    def tick(self, contact: Contact, message: Message, ticks: Ticks) -> bool:
        """Raise the ticks of a bubble; never lowers them. True if something changed."""
        if RANK[ticks] <= RANK[message.ticks]:
            return False
        message.ticks = ticks
        self.changed("ticks", contact, message=message.n, status=ticks)
        return True

    def seen(self, contact: Contact, until: datetime) -> None:
        """The business has read what the customer wrote until then."""
        for message in contact.messages:
            if message.sender == "customer" and message.at <= until:
                self.tick(contact, message, "read")

    def set_typing(self, contact: Contact, typing: bool) -> None:
        """The three dots on the customer's phone."""
        if contact.typing != typing:
            contact.typing = typing
            self.changed("typing", contact, typing=typing)


def new_message_id(channel: Channel) -> str:
    """A mid or wamid; random, because it must stay unique when the simulator starts again."""
    if channel == "messenger":
        return "m_" + secrets.token_urlsafe(32)
    return "wamid." + base64.b64encode(secrets.token_bytes(30)).decode()


def _addresses(contact: Contact) -> list[tuple[str, str]]:
    kinds = (("psid", contact.psid), ("bsuid", contact.bsuid), ("phone", contact.phone))
    return [(kind, address) for kind, address in kinds if address]


def _digits(count: int) -> str:
    return str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))
