"""Bodies and signatures of webhooks, byte for byte as Meta writes them.

Shapes: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks (2026-05-05) and
.../whatsapp/webhooks/reference/messages; BSUIDs: .../whatsapp/business-scoped-user-ids (2026-05-07).
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from itertools import groupby

from bot.simulator.errors import Json
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel, Contact, Message


@dataclass(frozen=True)
class Event:
    """One item of a webhook. `item` is a Messenger messaging item, or a WhatsApp message or status."""

    channel: Channel
    contact: str
    kind: str  # message, postback, reaction, echo, delivery, read, status
    item: Json
    profile: Json | None = None  # WhatsApp's contacts[] entry
    message: str = ""  # the mid or wamid it speaks of


def encode(body: Json) -> bytes:
    """JSON as Meta puts it on the wire: ASCII only, lower-case escapes, slashes escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(raw: bytes, app_secret: str) -> str:
    """Value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


def messenger_event(
    settings: SimulatorSettings, contact: Contact, kind: str, stamp: int, inside: Json, message: str = ""
) -> Event:
    """Something the customer did; an echo has sender and recipient the other way round."""
    customer, page = {"id": contact.psid}, {"id": settings.page_id}
    sender, recipient = (page, customer) if kind == "echo" else (customer, page)
    item = {"sender": sender, "recipient": recipient, "timestamp": stamp, **inside}
    return Event("messenger", contact.id, kind, item, None, message)


def whatsapp_event(contact: Contact, stamp: int, inside: Json, message: str) -> Event:
    """A message of the customer. Without a visible number `from` and `wa_id` are absent, not empty."""
    item: Json = {"from": contact.phone} if contact.phone else {}
    item |= {"from_user_id": contact.bsuid, "id": message, "timestamp": str(stamp // 1000), **inside}
    kind = "reaction" if inside["type"] == "reaction" else "message"
    return Event("whatsapp", contact.id, kind, item, profile(contact), message)


def whatsapp_status(contact: Contact, message: Message, status: str, stamp: int, errors: list[Json]) -> Event:
    """sent, delivered, read or failed; the sender's own data comes back."""
    item: Json = {"id": message.id, "status": status, "timestamp": str(stamp // 1000)}
    if contact.phone:
        item["recipient_id"] = contact.phone
    item["recipient_user_id"] = contact.bsuid
    if message.callback:
        item["biz_opaque_callback_data"] = message.callback
    if errors:
        item["errors"] = errors
    else:
        item["pricing"] = {
            "billable": False,
            "pricing_model": "PMP",
            "category": "service",
            "type": "free_customer_service",
        }
    return Event("whatsapp", contact.id, "status", item, None if errors else profile(contact), message.id)


def profile(contact: Contact) -> Json:
    """The contacts[] entry."""
    about = {"name": contact.name} | ({"username": contact.username} if contact.username else {})
    return {"profile": about, **({"wa_id": contact.phone} if contact.phone else {}), "user_id": contact.bsuid}


def body_of(settings: SimulatorSettings, channel: Channel, events: list[Event], now: int) -> Json:
    """One webhook for these events, in order; neighbours of one customer share an entry or a change."""
    if channel == "messenger":
        entries = [
            {"id": settings.page_id, "time": now, "messaging": [event.item for event in group]}
            for _, group in groupby(events, lambda event: event.contact)
        ]
        return {"object": "page", "entry": entries}
    changes = [_change(settings, kind, list(group)) for (_, kind), group in groupby(events, _same_change)]
    return {"object": "whatsapp_business_account", "entry": [{"id": settings.waba_id, "changes": changes}]}


def _same_change(event: Event) -> tuple[str, str]:
    return event.contact, "statuses" if event.kind == "status" else "messages"


def _change(settings: SimulatorSettings, kind: str, events: list[Event]) -> Json:
    business = {"display_phone_number": settings.display_phone_number, "phone_number_id": settings.phone_number_id}
    value: Json = {"messaging_product": "whatsapp", "metadata": business}
    profiles = [event.profile for event in events if event.profile]
    if profiles:
        value["contacts"] = profiles[:1]
    value[kind] = [event.item for event in events]
    return {"value": value, "field": "messages"}
