"""The control API for the wire: faults, the logs of calls and webhooks, and webhooks that no phone can make."""

from aiohttp import web

from bot.simulator.errors import Json
from bot.simulator.faults import Faults
from bot.simulator.graph import Graph
from bot.simulator.postbox import Postbox
from bot.simulator.requests import json_of, log_answer, matches, refuse
from bot.simulator.webhooks import encode
from bot.simulator.world import World


class WireControl:
    """Handlers for everything between the phones and the product."""

    def __init__(self, world: World, faults: Faults, postbox: Postbox, graph: Graph) -> None:
        self._world, self._faults, self._postbox, self._graph = world, faults, postbox, graph

    def routes(self) -> list[web.RouteDef]:
        """Faults and logs, under /simulator."""
        return [
            web.get("/simulator/faults", self._get_faults),
            web.patch("/simulator/faults", self._set_faults),
            web.delete("/simulator/faults", self._clear_faults),
            web.post("/simulator/release", self._release),
            web.post("/simulator/retry", self._retry),
            web.get("/simulator/calls", self._calls),
            web.get("/simulator/webhooks", self._webhooks),
            web.post("/simulator/webhooks", self._send_webhook),
            web.get("/simulator/pending", self._pending),
            web.get("/simulator/events", self._events),
        ]

    async def _get_faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._faults.as_json())

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self._faults.change(await json_of(request))
        except ValueError as error:
            raise refuse(400, str(error)) from None
        self._postbox.release({event.kind for event in self._postbox.held} - set(self._faults.hold))
        self._world.changed("faults", None)
        return web.json_response(self._faults.as_json())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._faults.change(Faults(seed=self._faults.seed).as_json())
        released = self._postbox.release()
        self._world.changed("faults", None)
        return web.json_response({**self._faults.as_json(), "released": released})

    async def _release(self, request: web.Request) -> web.Response:
        kinds = (await json_of(request)).get("kinds")
        return web.json_response({"released": self._postbox.release(set(kinds) if kinds else None)})

    async def _retry(self, request: web.Request) -> web.Response:
        return web.json_response({"retried": self._postbox.retry_now()})

    async def _calls(self, request: web.Request) -> web.Response:
        keys = ("contact", "kind", "message", "fault")
        return await log_answer(request, self._graph.calls, "calls", lambda call: matches(request, call, keys))

    async def _webhooks(self, request: web.Request) -> web.Response:
        query = request.query
        plural = {"contact": "contacts", "kind": "kinds", "message": "messages"}

        def wanted(attempt: Json) -> bool:
            inside = all(query[key] in attempt[many] for key, many in plural.items() if key in query)
            return inside and matches(request, attempt, ("channel", "status", "webhook"))

        return await log_answer(request, self._postbox.attempts, "webhooks", wanted)

    async def _send_webhook(self, request: web.Request) -> web.Response:
        wish = await json_of(request)
        channel, body, raw = wish.get("channel"), wish.get("body"), wish.get("raw")
        if channel not in ("messenger", "whatsapp") or (body is None) == (raw is None):
            raise refuse(400, "needs channel, and body (JSON) or raw (string)")
        data = str(raw).encode() if raw is not None else encode(body or {})
        return web.json_response({"webhook": self._postbox.put_raw(channel, data)}, status=202)

    async def _pending(self, request: web.Request) -> web.Response:
        waiting = [
            {
                "webhook": w.id,
                "channel": w.channel,
                "contacts": w.contacts,
                "attempt": w.attempt,
                "retry_in": w.retry_in,
            }
            for w in self._postbox.pending.values()
        ]
        held = [
            {"kind": event.kind, "contact": event.contact, "message": event.message} for event in self._postbox.held
        ]
        return web.json_response({"pending": waiting, "held": held, "given_up": self._postbox.given_up})

    async def _events(self, request: web.Request) -> web.Response:
        keys = ("kind", "contact", "message", "status")
        return await log_answer(request, self._world.changes, "events", lambda event: matches(request, event, keys))
