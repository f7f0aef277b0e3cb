"""POST /{version}/{PAGE_ID}/messages: Messenger's Send API.

developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages and the Graph reference
of page/messages.
"""

from datetime import timedelta

from bot.simulator.errors import GraphError, Json
from bot.simulator.graph_base import Sending
from bot.simulator.limits import DEAD_TAGS, HUMAN_AGENT_DAYS, LIVE_TAGS, WINDOW_HOURS
from bot.simulator.messenger_content import CHECKS, read_message
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Contact
from bot.simulator.world import World

TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")


def read_request(settings: SimulatorSettings, world: World, body: Json) -> Sending:
    """What the call asks for; raises GraphError for whatever Meta refuses. Nothing is changed yet."""
    if "message" in body and "sender_action" in body:
        raise CHECKS.invalid("sender_action", "must be sent in its own request, without message")
    contact = _recipient(world, CHECKS.object(body, "recipient"))
    if "sender_action" in body:
        return _action(body, contact)
    message = CHECKS.object(body, "message")
    content = read_message(message)
    _check_window(settings, world, contact, body)
    if contact.blocked:
        raise GraphError(551, subcode=1545041)
    echo = {key: value for key, value in message.items() if key in ("text", "metadata")}
    attachments = [message["attachment"]] if "attachment" in message else message.get("attachments", [])
    echo |= {"app_id": settings.app_id} | ({"attachments": attachments} if attachments else {})
    return Sending(contact, content=content, callback=message.get("metadata", ""), echo=echo)


def answer(contact: Contact, message_id: str) -> Json:
    """The API's success."""
    return {"recipient_id": contact.psid} | ({"message_id": message_id} if message_id else {})


def _recipient(world: World, recipient: Json) -> Contact:
    if "id" not in recipient:
        raise CHECKS.missing("recipient.id")
    contact = world.by_psid(str(recipient["id"]))
    if contact is None:
        raise GraphError(100, "No matching user found", subcode=2018001)
    return contact


def _action(body: Json, contact: Contact) -> Sending:
    action = CHECKS.one_of(body, "sender_action", ACTIONS)
    if action not in ("react", "unreact"):
        return Sending(contact, action=action)
    payload = CHECKS.object(body, "payload")
    target = CHECKS.text(payload, "message_id", path="payload.")
    emoji = CHECKS.text(payload, "reaction", path="payload.") if action == "react" else ""
    return Sending(contact, action="react", target=target, emoji=emoji)


def _check_window(settings: SimulatorSettings, world: World, contact: Contact, body: Json) -> None:
    kind = CHECKS.one_of(body, "messaging_type", TYPES)
    if (kind == "UTILITY") != ("template" in body["message"]):
        raise CHECKS.invalid("messaging_type", "UTILITY needs message.template, and message.template needs UTILITY")
    hours: float = WINDOW_HOURS
    if kind == "MESSAGE_TAG":
        tag = CHECKS.text(body, "tag")
        if tag in DEAD_TAGS or tag not in LIVE_TAGS:
            raise GraphError(100, f"The message tag {tag} is not supported")
        if tag == "HUMAN_AGENT" and not settings.human_agent:
            raise GraphError(10, "The app lacks the Human Agent feature", subcode=2018278)
        hours = HUMAN_AGENT_DAYS * 24
    open_until = contact.last_written + timedelta(hours=hours) if contact.last_written else None
    if kind != "UTILITY" and (open_until is None or world.clock() >= open_until):
        raise GraphError(10, "This message is sent outside of allowed window.", subcode=2018278)
