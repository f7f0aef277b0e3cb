"""The few GET calls of the Graph API that a product needs: who am I, who is this customer, where is this media."""

from collections.abc import Callable

from aiohttp import web

from bot.simulator.auth import check_token, check_version, token_of
from bot.simulator.errors import GraphError, Json
from bot.simulator.samples import BY_ID, Sample
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel
from bot.simulator.world import World

VERSION = r"{version:v\d+\.\d+}"
FIELDS = [
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
]


class GraphReads:
    """Handlers of the reading side."""

    def __init__(self, settings: SimulatorSettings, world: World) -> None:
        self._settings, self._world = settings, world

    def routes(self) -> list[web.RouteDef]:
        """Nodes under the version, and the media themselves."""
        return [
            web.get(f"/{VERSION}/{{node}}", self._node),
            web.get(f"/{VERSION}/{{node}}/subscribed_apps", self._subscriptions),
            web.get("/media/{file}", self._public_media),
            web.get("/whatsapp-media/{media}", self._guarded_media),
        ]

    async def _node(self, request: web.Request) -> web.Response:
        return self._answer(request, self._look_up)

    async def _subscriptions(self, request: web.Request) -> web.Response:
        return self._answer(request, lambda request: ("messenger", self._subscribed()))

    def _answer(self, request: web.Request, look_up: Callable[[web.Request], tuple[Channel, Json]]) -> web.Response:
        try:
            check_version(self._settings, request.match_info["version"])
            channel, found = look_up(request)
            check_token(self._settings, channel, token_of(request, {}))
        except GraphError as error:
            return web.json_response(error.body(), status=error.status)
        return web.json_response(found)

    def _look_up(self, request: web.Request) -> tuple[Channel, Json]:
        node, settings = request.match_info["node"], self._settings
        if node in ("me", settings.page_id):
            return "messenger", {"id": settings.page_id, "name": settings.page_name}
        if node == settings.phone_number_id:
            number = "+" + settings.display_phone_number
            return "whatsapp", {"id": node, "display_phone_number": number, "verified_name": settings.page_name}
        if node in BY_ID:
            return "whatsapp", self._media(BY_ID[node])
        if contact := self._world.by_psid(node):
            first, _, last = contact.name.partition(" ")
            return "messenger", {"id": node, "first_name": first, "last_name": last}
        raise GraphError(100, f"Unsupported get request. Object with ID '{node}' does not exist", subcode=33)

    def _media(self, sample: Sample) -> Json:
        url = f"{self._settings.public_url.rstrip('/')}/whatsapp-media/{sample.id}"
        size = sample.path.stat().st_size
        about = {"mime_type": sample.mime, "sha256": sample.sha256(), "file_size": size, "id": sample.id}
        return {"messaging_product": "whatsapp", "url": url, **about}

    def _subscribed(self) -> Json:
        return {"data": [{"id": str(self._settings.app_id), "name": "Aspa", "subscribed_fields": FIELDS}]}

    async def _public_media(self, request: web.Request) -> web.FileResponse:
        for sample in BY_ID.values():
            if sample.file == request.match_info["file"]:
                return web.FileResponse(sample.path, headers={"Content-Type": sample.mime})
        raise web.HTTPNotFound

    async def _guarded_media(self, request: web.Request) -> web.StreamResponse:
        """WhatsApp's media need the bearer token even though the address is known."""
        sample = BY_ID.get(request.match_info["media"])
        if sample is None:
            raise web.HTTPNotFound
        try:
            check_token(self._settings, "whatsapp", token_of(request, {}))
        except GraphError as error:
            return web.json_response(error.body(), status=error.status)
        return web.FileResponse(sample.path, headers={"Content-Type": sample.mime})
