"""The `message` object of Messenger's Send API: checked against the limits, turned into what the phone shows."""

from bot.simulator.checks import Checks
from bot.simulator.errors import GraphError, Json
from bot.simulator.limits import MESSENGER
from bot.simulator.state import Card, Choice, Content

CHECKS = Checks(
    missing=lambda name: GraphError(100, f"The parameter {name} is required."),
    invalid=lambda name, why: GraphError(100, f"Param {name}: {why}"),
)
MESSAGE_KEYS = ("text", "attachment", "attachments", "quick_replies", "metadata", "template")
MEDIA = {"image": "image", "audio": "audio", "video": "video", "file": "file"}


def read_message(message: Json) -> Content:
    """What the customer will see. Raises GraphError 100 for everything the API refuses."""
    CHECKS.only(message, MESSAGE_KEYS, "message")
    CHECKS.maybe_text(message, "metadata", MESSENGER["metadata"], path="message.")
    parts = [key for key in ("text", "attachment", "attachments", "template") if key in message]
    if len(parts) != 1:
        raise CHECKS.invalid("message", "must have exactly one of text, attachment, attachments, template")
    content = _READERS[parts[0]](message)
    return _with_quick_replies(content, message) if "quick_replies" in message else content


def _text(message: Json) -> Content:
    return Content("text", CHECKS.text(message, "text", MESSENGER["text"], path="message."))


def _attachments(message: Json) -> Content:
    images = CHECKS.items(message, "attachments", MESSENGER["images"], path="message.")
    contents = [_attachment({"attachment": image}) for image in images]
    if any(content.kind != "image" for content in contents):
        raise CHECKS.invalid("message.attachments", "may hold images only")
    return (
        contents[0] if len(contents) == 1 else Content("image", cards=tuple(Card("", image=c.media) for c in contents))
    )


def _attachment(message: Json) -> Content:
    attachment = CHECKS.object(message, "attachment", path="message.")
    kind = CHECKS.one_of(attachment, "type", (*MEDIA, "template"), path="message.attachment.")
    payload = CHECKS.object(attachment, "payload", path="message.attachment.")
    if kind == "template":
        return _template(payload)
    if "attachment_id" in payload:
        return Content("image" if kind == "image" else "file", media=CHECKS.text(payload, "attachment_id"))
    media = CHECKS.link(payload, "url", path="message.attachment.payload.")
    return Content(kind, media=media)  # type: ignore[arg-type]  # checked above


def _template(payload: Json) -> Content:
    path = "message.attachment.payload."
    kind = CHECKS.one_of(payload, "template_type", ("button", "generic"), path=path)
    if kind == "generic":
        allowed = ("template_type", "elements", "image_aspect_ratio", "sharable")
        CHECKS.only(payload, allowed, "message.attachment.payload")
        elements = CHECKS.items(payload, "elements", MESSENGER["elements"], path=path)
        return Content("template", cards=tuple(_card(element) for element in elements))
    CHECKS.only(payload, ("template_type", "text", "buttons", "sharable"), "message.attachment.payload")
    text = CHECKS.text(payload, "text", MESSENGER["button_template.text"], path=path)
    buttons = CHECKS.items(payload, "buttons", MESSENGER["buttons"], path=path)
    return Content("template", text, choices=tuple(_button(button) for button in buttons))


def _card(element: Json) -> Card:
    path = "elements."
    CHECKS.only(element, ("title", "subtitle", "image_url", "default_action", "buttons"), "elements")
    if len(element) < 2:
        raise CHECKS.invalid("elements", "at least one property must be set in addition to title")
    buttons = CHECKS.items(element, "buttons", MESSENGER["buttons"], path=path) if "buttons" in element else []
    return Card(
        CHECKS.text(element, "title", MESSENGER["element.title"], path=path),
        CHECKS.maybe_text(element, "subtitle", MESSENGER["element.subtitle"], path=path),
        CHECKS.link(element, "image_url", path=path) if "image_url" in element else "",
        tuple(_button(button) for button in buttons),
    )


def _button(button: Json) -> Choice:
    path = "buttons."
    kind = CHECKS.one_of(button, "type", ("postback", "web_url", "phone_number"), path=path)
    title = CHECKS.text(button, "title", MESSENGER["button.title"], path=path)
    if kind == "web_url":
        return Choice("url", title, CHECKS.link(button, "url", path=path))
    payload = CHECKS.text(button, "payload", MESSENGER["payload"], path=path)
    if kind == "phone_number" and not payload.startswith("+"):
        raise CHECKS.invalid("buttons.payload", "must be a phone number that starts with +")
    return Choice("call" if kind == "phone_number" else "postback", title, payload)


def _utility(message: Json) -> Content:
    template = CHECKS.object(message, "template", path="message.")
    name = CHECKS.text(template, "name", path="message.template.")
    CHECKS.text(CHECKS.object(template, "language", path="message.template."), "code")
    return Content("template", f"[{name}]")


def _with_quick_replies(content: Content, message: Json) -> Content:
    path = "message.quick_replies."
    replies = []
    for reply in CHECKS.items(message, "quick_replies", MESSENGER["quick_replies"], path="message."):
        CHECKS.only(reply, ("content_type", "title", "payload", "image_url"), "message.quick_replies")
        CHECKS.one_of(reply, "content_type", ("text",), path=path)
        title = CHECKS.text(reply, "title", MESSENGER["quick_reply.title"], path=path)
        replies.append(Choice("quick_reply", title, CHECKS.text(reply, "payload", MESSENGER["payload"], path=path)))
    return Content(
        content.kind, content.text, media=content.media, choices=(*content.choices, *replies), cards=content.cards
    )


_READERS = {"text": _text, "attachment": _attachment, "attachments": _attachments, "template": _utility}
