"""The typed objects of WhatsApp's messages endpoint: checked against the limits, turned into what the phone shows."""

from collections.abc import Callable

from bot.simulator.checks import Checks
from bot.simulator.errors import GraphError, Json
from bot.simulator.limits import WHATSAPP_LIMITS as LIMITS
from bot.simulator.state import Choice, Content

CHECKS = Checks(
    missing=lambda name: GraphError(131008, details=f"Parameter '{name}' is required."),
    invalid=lambda name, why: GraphError(131009, details=f"Parameter '{name}': {why}"),
)
CAPTIONED = ("image", "video", "document")


def read_content(kind: str, body: Json) -> Content:
    """What the customer will see. Raises GraphError 131008, 131009 or 131051."""
    if kind not in _READERS:
        raise GraphError(131051, details=f"Message type '{kind}' is not supported.")
    return _READERS[kind](CHECKS.object(body, kind), kind)


def _text(text: Json, kind: str) -> Content:
    CHECKS.only(text, ("body", "preview_url"), "text")
    return Content("text", CHECKS.text(text, "body", LIMITS["text"], path="text."))


def _media(media: Json, kind: str) -> Content:
    allowed = (
        "link",
        "id",
        *(("caption",) if kind in CAPTIONED else ()),
        *(("filename",) if kind == "document" else ()),
    )
    CHECKS.only(media, allowed, kind)
    if ("link" in media) == ("id" in media):
        raise CHECKS.invalid(kind, "must have exactly one of link, id")
    where = (
        CHECKS.link(media, "link", path=f"{kind}.") if "link" in media else CHECKS.text(media, "id", path=f"{kind}.")
    )
    caption = CHECKS.maybe_text(media, "caption", LIMITS["caption"], path=f"{kind}.")
    shown = "file" if kind == "document" else kind
    return Content(shown, caption, header=media.get("filename", ""), media=where)  # type: ignore[arg-type]  # _READERS


def _template(template: Json, kind: str) -> Content:
    CHECKS.only(template, ("name", "language", "components"), "template")
    name = CHECKS.text(template, "name", LIMITS["template.name"], path="template.")
    CHECKS.text(CHECKS.object(template, "language", path="template."), "code", path="template.language.")
    components = template.get("components", [])
    if not isinstance(components, list) or not all(isinstance(part, dict) for part in components):
        raise CHECKS.invalid("template.components", "must be an array of JSON objects")
    words = [str(p["text"]) for part in components for p in part.get("parameters", []) if p.get("type") == "text"]
    return Content("template", " · ".join([f"[{name}]", *words]), choices=_template_buttons(components))


def _template_buttons(components: list[Json]) -> tuple[Choice, ...]:
    quick = [part for part in components if part.get("type") == "button" and part.get("sub_type") == "quick_reply"]
    payloads = [str(p.get("payload", "")) for part in quick for p in part.get("parameters", [])]
    return tuple(Choice("template", payload, payload) for payload in payloads)


def _interactive(interactive: Json, kind: str) -> Content:
    CHECKS.only(interactive, ("type", "header", "body", "footer", "action"), "interactive")
    kind = CHECKS.one_of(interactive, "type", ("button", "list"), path="interactive.")
    body = CHECKS.object(interactive, "body", path="interactive.")
    text = CHECKS.text(body, "text", LIMITS[f"{kind}.body"], path="interactive.body.")
    action = CHECKS.object(interactive, "action", path="interactive.")
    label, choices = _buttons(action) if kind == "button" else _list(action)
    footer = CHECKS.object(interactive, "footer") if "footer" in interactive else {"text": None}
    header = CHECKS.object(interactive, "header") if "header" in interactive else None
    return Content(
        "text",
        text,
        header=_header(header) if header else "",
        footer=CHECKS.maybe_text(footer, "text", LIMITS["footer"], path="interactive.footer."),
        menu=label,
        choices=choices,
    )


def _header(header: Json) -> str:
    CHECKS.one_of(header, "type", ("text",), path="interactive.header.")
    return CHECKS.text(header, "text", LIMITS["header"], path="interactive.header.")


def _buttons(action: Json) -> tuple[str, tuple[Choice, ...]]:
    path = "interactive.action.buttons."
    CHECKS.only(action, ("buttons",), "interactive.action")
    choices = []
    for button in CHECKS.items(action, "buttons", LIMITS["buttons"], path="interactive.action."):
        CHECKS.one_of(button, "type", ("reply",), path=path)
        reply = CHECKS.object(button, "reply", path=path)
        title = CHECKS.text(reply, "title", LIMITS["button.title"], path=path)
        choices.append(Choice("reply", title, CHECKS.text(reply, "id", LIMITS["button.id"], path=path)))
    CHECKS.distinct([choice.payload for choice in choices], path + "id")
    CHECKS.distinct([choice.title for choice in choices], path + "title")
    return "", tuple(choices)


def _list(action: Json) -> tuple[str, tuple[Choice, ...]]:
    CHECKS.only(action, ("button", "sections"), "interactive.action")
    label = CHECKS.text(action, "button", LIMITS["list.button"], path="interactive.action.")
    sections = CHECKS.items(action, "sections", LIMITS["sections"], path="interactive.action.")
    rows = [row for section in sections for row in _rows(section, titled=len(sections) > 1)]
    if len(rows) > LIMITS["rows"].most:
        raise CHECKS.invalid(
            "interactive.action.sections", f"must have no more than {LIMITS['rows'].most} rows in total"
        )
    CHECKS.distinct([row.payload for row in rows], "interactive.action.sections.rows.id")
    return label, tuple(rows)


def _rows(section: Json, titled: bool) -> list[Choice]:
    path = "interactive.action.sections."
    check = CHECKS.text if titled else CHECKS.maybe_text
    name = check(section, "title", LIMITS["section.title"], path=path)
    return [
        Choice(
            "row",
            CHECKS.text(row, "title", LIMITS["row.title"], path=path + "rows."),
            CHECKS.text(row, "id", LIMITS["row.id"], path=path + "rows."),
            CHECKS.maybe_text(row, "description", LIMITS["row.description"], path=path + "rows."),
            name,
        )
        for row in CHECKS.items(section, "rows", LIMITS["rows"], path=path)
    ]


_READERS: dict[str, Callable[[Json, str], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "template": _template,
    **dict.fromkeys(("image", "document", "audio", "video", "sticker"), _media),
}
