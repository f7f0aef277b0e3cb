"""POST /{version}/{PHONE_NUMBER_ID}/messages: WhatsApp's Cloud API.

developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (2026-04-23),
.../typing-indicators (2025-10-21), .../business-scoped-user-ids (2026-05-07).
"""

import re
from datetime import timedelta

from bot.simulator.errors import GraphError, Json
from bot.simulator.graph_base import Sending
from bot.simulator.limits import WHATSAPP_LIMITS, WINDOW_HOURS
from bot.simulator.state import Contact
from bot.simulator.whatsapp_content import CHECKS, read_content
from bot.simulator.world import World

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
HOME_COUNTRY = "358"  # put before numbers without plus, as Meta does with the business number's country


def read_request(world: World, body: Json) -> Sending:
    """What the call asks for; raises GraphError for whatever Meta refuses. Nothing is changed yet."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.", details="It must be 'whatsapp'.")
    if "status" in body:
        return _read_receipt(world, body)
    if CHECKS.maybe_text(body, "recipient_type") not in ("", "individual"):
        raise CHECKS.invalid("recipient_type", "the simulator knows individual only")
    kind = CHECKS.maybe_text(body, "type") or "text"
    callback = CHECKS.maybe_text(body, "biz_opaque_callback_data", WHATSAPP_LIMITS["callback_data"])
    if "context" in body:
        CHECKS.text(CHECKS.object(body, "context"), "message_id", path="context.")
    content = None if kind == "reaction" else read_content(kind, body)
    contact, to = _recipient(world, body)
    _check_open(world, contact, kind)
    if content is None:
        return _reaction(body, contact, to, callback)
    return Sending(contact, content=content, callback=callback, to=to)


def answer(sending: Sending, message_id: str) -> Json:
    """The API's success: 200 means taken, not delivered."""
    if not message_id:
        return {"success": True}
    contact = sending.contact
    by_phone = not BSUID.fullmatch(sending.to)
    known = {"wa_id": contact.phone} if by_phone else {"user_id": contact.bsuid}
    contacts = [{"input": sending.to, **known}]
    return {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": message_id}]}


def _recipient(world: World, body: Json) -> tuple[Contact, str]:
    to = CHECKS.maybe_text(body, "to") or CHECKS.text(body, "recipient", path="to or ")
    if body.get("to"):
        digits = re.sub(r"[\s()-]", "", to)
        if not re.fullmatch(r"\+?\d{5,20}", digits):
            raise CHECKS.invalid("to", "must be a phone number; user ids go into 'recipient'")
        contact = world.by_phone(digits[1:] if digits.startswith("+") else HOME_COUNTRY + digits)
    elif BSUID.fullmatch(to):
        contact = world.by_bsuid(to)
    else:
        raise CHECKS.invalid("recipient", "must be a business-scoped user id")
    if contact is None or contact.blocked:
        raise GraphError(131026, details="Message Undeliverable.")
    return contact, to


def _check_open(world: World, contact: Contact, kind: str) -> None:
    written = contact.last_written
    if kind != "template" and (written is None or world.clock() >= written + timedelta(hours=WINDOW_HOURS)):
        details = "Message failed to send because more than 24 hours have passed since the customer last replied."
        raise GraphError(131047, details=details)


def _reaction(body: Json, contact: Contact, to: str, callback: str) -> Sending:
    reaction = CHECKS.object(body, "reaction")
    target, emoji = CHECKS.text(reaction, "message_id", path="reaction."), reaction.get("emoji", "")
    if not isinstance(emoji, str):
        raise CHECKS.invalid("reaction.emoji", "must be a string")
    if contact.find(target) is None:
        raise CHECKS.invalid("reaction.message_id", "no such message")
    return Sending(contact, action="react", target=target, emoji=emoji, callback=callback, to=to)


def _read_receipt(world: World, body: Json) -> Sending:
    CHECKS.one_of(body, "status", ("read",))
    target = CHECKS.text(body, "message_id")
    found = world.by_message(target)
    if found is None or found[1].sender != "customer":
        raise CHECKS.invalid("message_id", "no such incoming message")
    typing = "typing_indicator" in body
    if typing:
        CHECKS.one_of(CHECKS.object(body, "typing_indicator"), "type", ("text",), path="typing_indicator.")
    return Sending(found[0], action="mark_seen", target=target, typing=typing)
