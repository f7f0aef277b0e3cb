"""Live changes for an open page, as server-sent events: pieces of HTML that the page puts in place."""

import json
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import web

from bot.simulator.errors import Json
from bot.simulator.pages import CHANNELS, Pages, language_of
from bot.simulator.world import World

HEARTBEAT = 15.0  # seconds; keeps proxies from closing a silent connection


class Live:
    """One stream per open page."""

    def __init__(self, world: World, pages: Pages) -> None:
        self._world, self._pages = world, pages

    def routes(self) -> list[web.RouteDef]:
        """The stream."""
        return [web.get("/page/live", self._stream)]

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        if request.query.get("boot") != self._pages.boot:
            await stream.write(b'data: {"kind":"reload"}\n\n')
            return stream
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after", "0"))
        with suppress(ConnectionError):  # the page was closed
            await self._follow(request, stream, after)
        return stream

    async def _follow(self, request: web.Request, stream: web.StreamResponse, after: int) -> None:
        language = language_of(request)
        phones = {request.query.get(channel, ""): channel for channel in CHANNELS}
        while not self._world.changes.closed:
            news = await self._world.changes.wait(after, HEARTBEAT)
            if not news:
                await stream.write(b": still here\n\n")
            for number, change in news:
                after = number
                if (piece := self._piece(change, phones, language)) is not None:
                    await stream.write(f"id: {number}\ndata: {json.dumps(piece)}\n\n".encode())

    def _piece(self, change: Json, phones: Mapping[str, str], language: str) -> Json | None:
        if change["kind"] == "faults":
            return {"kind": "faults", "html": self._pages.fault_panel(language)}
        if change["kind"] == "webhook":
            return {"kind": "trouble", "on": self._pages.trouble}
        contact = self._world.contacts.get(change["contact"] or "")
        if contact is None or contact.id not in phones:
            return None
        if change["kind"] == "typing":
            return {"kind": "typing", "phone": phones[contact.id], "on": change["typing"]}
        message = next((m for m in reversed(contact.messages) if m.n == change.get("message")), None)
        if change["kind"] not in ("message", "ticks") or message is None:
            return None
        html = self._pages.bubble(contact, message, language)
        return {"kind": change["kind"], "phone": phones[contact.id], "n": message.n, "html": html}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
