"""The page: rendered here, first paint and every later change alike; the browser only puts the pieces in place."""

import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.simulator.faults import Faults
from bot.simulator.graph import Graph
from bot.simulator.postbox import Postbox
from bot.simulator.presets import switches
from bot.simulator.samples import STATIC
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel, Contact, Message
from bot.simulator.texts import LANGUAGES, text
from bot.simulator.wire import steps
from bot.simulator.world import World

CHANNELS: tuple[Channel, Channel] = ("messenger", "whatsapp")
NAMES = {"messenger": "Messenger", "whatsapp": "WhatsApp"}
EMOJI = ["🙂", "😀", "😅", "😢", "😡", "👍", "👎", "🙏", "❤️", "🎉", "🤔", "📶"]
SHOWN_CONTACTS = 30
HELSINKI = ZoneInfo("Europe/Helsinki")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' http: https:; media-src 'self' http: https:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Pages:
    """The start page with both phones, and its pieces."""

    def __init__(
        self, settings: SimulatorSettings, world: World, faults: Faults, postbox: Postbox, graph: Graph
    ) -> None:
        self._settings, self._world, self._faults = settings, world, faults
        self._postbox, self._graph = postbox, graph
        self.boot = secrets.token_hex(4)  # tells a page that the simulator has been started anew
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        self._jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._jinja.filters["clock"] = _clock
        self._jinja.filters["local"] = self._local

    def routes(self) -> list[web.AbstractRouteDef]:
        """The page, what it loads, and its two own requests."""
        return [
            web.get("/", self._page),
            web.post("/page/customers", self._new_customer),
            web.get("/page/wire", self._wire),
            web.static("/static", STATIC),
        ]

    def render(self, template: str, language: str, **more: object) -> str:
        """A template in one language."""
        words: Callable[[str], str] = lambda key: text(key, language)  # noqa: E731
        return self._jinja.get_template(template).render(t=words, language=language, **more)

    def bubble(self, contact: Contact, message: Message, language: str) -> str:
        """One message as HTML."""
        choices = contact.open_choices(message)
        return self.render("bubble.html", language, contact=contact, message=message, open=choices)

    def fault_panel(self, language: str) -> str:
        """The switches as HTML."""
        return self.render("faults.html", language, switches=switches(self._faults))

    @property
    def trouble(self) -> bool:
        """Whether the product does not answer its webhooks."""
        return any(webhook.retry_in is not None for webhook in self._postbox.pending.values())

    async def _page(self, request: web.Request) -> web.Response:
        language = language_of(request)
        chosen = {channel: self._chosen(channel, request.query.get(channel)) for channel in CHANNELS}
        html = self.render(
            "page.html",
            language,
            settings=self._settings,
            languages=LANGUAGES,
            phones=[(channel, NAMES[channel], chosen[channel], self._others(channel)) for channel in CHANNELS],
            link=lambda code: "?" + urlencode({"lang": code} | {key: contact.id for key, contact in chosen.items()}),
            bubble=self.bubble,
            faults=self.fault_panel(language),
            trouble=self.trouble,
            emoji=EMOJI,
            boot=self.boot,
            after=self._world.changes.last,
        )
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    def _chosen(self, channel: Channel, wanted: str | None) -> Contact:
        contact = self._world.contacts.get(wanted or "")
        if contact and contact.channel == channel:
            return contact
        known = self._world.on(channel)
        return known[-1] if known else self._world.new_contact(channel, {})

    def _others(self, channel: Channel) -> list[Contact]:
        return self._world.on(channel)[-SHOWN_CONTACTS:]

    async def _new_customer(self, request: web.Request) -> web.Response:
        form = await request.post()
        channel = next((known for known in CHANNELS if known == form.get("channel")), None)
        if channel is None:
            raise web.HTTPBadRequest
        hidden = channel == "whatsapp" and len(self._world.on(channel)) % 2 == 1  # every other one hides the number
        contact = self._world.new_contact(channel, {"phone": ""} if hidden else {})
        kept = {key: str(form[key]) for key in ("lang", *CHANNELS) if key in form}
        raise web.HTTPSeeOther("/?" + urlencode({**kept, channel: contact.id}))

    async def _wire(self, request: web.Request) -> web.Response:
        contact = self._world.contacts.get(request.query.get("contact", ""))
        wanted = request.query.get("message")
        message = next((m for m in contact.messages if str(m.n) == wanted), None) if contact else None
        if message is None:
            raise web.HTTPNotFound
        found = steps(message, self._graph, self._postbox)
        html = self.render("wire.html", language_of(request), steps=found)
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    def _local(self, address: str) -> str:
        """Our own media without the host, so that they load wherever the page is opened from."""
        return address.removeprefix(self._settings.public_url.rstrip("/"))


def _clock(at: datetime, language: str) -> str:
    return at.astimezone(HELSINKI).strftime("%H:%M" if language == "en" else "%H.%M")


def language_of(request: web.Request) -> str:
    """The language in the address, else the browser's first that we speak, else Finnish."""
    asked = [request.query.get("lang", "")]
    asked += [part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(",")]
    return next((code for code in asked if code in LANGUAGES), "fi")


@web.middleware
async def same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Other web pages in the same browser may not press our buttons."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") and request.method != "GET":
        raise web.HTTPForbidden(text=json.dumps({"error": "cross-site request"}), content_type="application/json")
    return await handler(request)
