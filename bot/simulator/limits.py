"""The documented limits of the send APIs, in characters or items. Where Meta's pages disagree, the stricter one."""

from typing import NamedTuple


class Limit(NamedTuple):
    """The greatest allowed value and the page that says so."""

    most: int
    source: str


SEND = "developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages"
BUTTON = SEND + "/template/button"
GENERIC = SEND + "/template/generic"
QUICK = SEND + "/quick-replies"
WHATSAPP = "developers.facebook.com/documentation/business-messaging/whatsapp/messages"
WA_BUTTONS = WHATSAPP + "/interactive-reply-buttons-messages (2025-11-03)"
WA_LIST = WHATSAPP + "/interactive-list-messages (2025-11-03)"
WA_SEND = WHATSAPP + "/send-messages (2026-04-23)"

MESSENGER = {
    "text": Limit(2000, SEND),
    "metadata": Limit(999, SEND + " (less than 1000)"),
    "quick_replies": Limit(13, QUICK),
    "quick_reply.title": Limit(20, QUICK),
    "payload": Limit(1000, QUICK),
    "button_template.text": Limit(640, BUTTON),
    "buttons": Limit(3, BUTTON),
    "button.title": Limit(20, BUTTON),
    "elements": Limit(10, GENERIC),
    "element.title": Limit(80, GENERIC),
    "element.subtitle": Limit(80, GENERIC),
    "images": Limit(30, SEND),
}

WHATSAPP_LIMITS = {
    "text": Limit(4096, WA_SEND),
    "callback_data": Limit(512, WA_SEND),
    "caption": Limit(1024, WHATSAPP + "/image-messages"),
    "buttons": Limit(3, WA_BUTTONS),
    "button.title": Limit(20, WA_BUTTONS),
    "button.id": Limit(256, WA_BUTTONS),
    "button.body": Limit(1024, WA_BUTTONS),
    "header": Limit(60, WA_BUTTONS),
    "footer": Limit(60, WA_BUTTONS),
    "list.button": Limit(20, WA_LIST),
    "list.body": Limit(4096, WA_LIST),
    "sections": Limit(10, WA_LIST),
    "section.title": Limit(24, WA_LIST),
    "rows": Limit(10, WA_LIST + ": in all sections together"),
    "row.id": Limit(200, WA_LIST),
    "row.title": Limit(24, WA_LIST),
    "row.description": Limit(72, WA_LIST),
    "template.name": Limit(512, WHATSAPP + "/template-messages"),
}

WINDOW_HOURS = 24  # after the customer's last message; both channels
HUMAN_AGENT_DAYS = 7  # Messenger, for messages written by a person
DEAD_TAGS = frozenset(
    {"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"}
)  # error 100 since 2026-04-27
LIVE_TAGS = frozenset({"HUMAN_AGENT", "CUSTOMER_FEEDBACK"})
