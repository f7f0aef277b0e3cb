"""A company's REST backend: the demo data by the JSON of docs/backend.md, over real HTTP, and able to misbehave."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from aiohttp import web

from actions.backend.demo.read import Demo
from actions.backend.protocol import Area
from actions.backend.wire import to_json

# A Sunday afternoon in winter; the demo data of tests counts from here.
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def hang(request: web.Request) -> web.StreamResponse:
    """Never answers; ends when the client hangs up or the server stops."""
    await asyncio.Event().wait()
    raise AssertionError


async def cut(request: web.Request) -> web.StreamResponse:
    """Drops the connection without an answer."""
    assert request.transport
    request.transport.abort()
    return web.Response()


def says(status: int, body: str, **headers: str) -> Answer:
    """Answers just this."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json", headers=headers)

    return answer


@dataclass
class BackendServer:
    """`misbehave` holds what the next requests get instead of an answer, in order; `asked` the paths as they came."""

    demo: Demo
    token: str = "test-token"
    misbehave: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> "BackendServer":
        app = web.Application(middlewares=[self._gate])
        app.router.add_get("/v1/areas", self._area)
        app.router.add_get("/v1/outages", self._outages)
        app.router.add_get("/v1/outages/{id}", self._outage)
        app.router.add_get("/v1/orders/{number}", self._order)
        self._runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Answer) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        if self.misbehave:
            return await self.misbehave.pop(0)(request)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "unauthorized"}, status=401)
        return await handler(request)

    async def _area(self, request: web.Request) -> web.Response:
        return _found(next((area for area in self.demo.areas if _is_asked(area, request)), None))

    async def _outages(self, request: web.Request) -> web.Response:
        """All that this municipality and the country ever had: leaving out is the client's own duty too."""
        place = request.query["municipality"]
        if not any(area.municipality == place for area in self.demo.areas):
            return _found(None)
        found = [outage for outage in self.demo.outages if outage.municipality in (place, None)]
        return web.json_response({"outages": to_json(found)})

    async def _outage(self, request: web.Request) -> web.Response:
        return _found(next((o for o in self.demo.outages if o.id == request.match_info["id"]), None))

    async def _order(self, request: web.Request) -> web.Response:
        return _found(next((o for o in self.demo.orders if o.number == request.match_info["number"]), None))


def _is_asked(area: Area, request: web.Request) -> bool:
    if "postal_code" in request.query:
        return request.query["postal_code"] in area.postal_codes
    return request.query["place"].casefold() in (area.municipality.casefold(), area.municipality_sv.casefold())


def _found(thing: object) -> web.Response:
    if thing is None:
        return web.json_response({"error": "not_found"}, status=404)
    return web.json_response(to_json(thing))
