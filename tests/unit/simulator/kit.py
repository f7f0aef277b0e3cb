"""A gateway that records, and the simulator's two APIs as tests use them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.simulator.settings import SimulatorSettings

Json = dict[str, Any]
PAGE, NUMBER = "/v26.0/102938475610293/messages", "/v26.0/106540352242922/messages"
SETTINGS = SimulatorSettings(
    gateway_url="",
    app_secret="the-secret",
    page_id="102938475610293",
    page_token="page-token",
    phone_number_id="106540352242922",
    whatsapp_token="whatsapp-token",
    desk_url="http://desk.example",
    sign_ins=(("anna", "revontuli-1", "agent"),),
    retry_seconds=(30.0, 30.0),
)


@dataclass
class Gateway:
    """Answers webhooks with `status` and keeps them as they came."""

    status: int = 200
    received: list[tuple[str, bytes, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """One webhook."""
        raw = await request.read()
        self.received.append((request.path, raw, request.headers.get("X-Hub-Signature-256", "")))
        return web.Response(status=self.status)


@dataclass
class Simulator:
    """The control API and the Graph API, as a test uses them."""

    client: TestClient[web.Request, web.Application]
    gateway: Gateway

    async def control(self, method: str, path: str, body: Json | None = None, status: int = 200) -> Any:
        """Call the control API; fails the test on another status."""
        async with self.client.request(method, f"/simulator/{path}", json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def contact(self, channel: str, **fields: Any) -> Json:
        """A new customer who wrote just now, without a webhook of it."""
        wish = {"channel": channel, "last_message_hours_ago": 0, **fields}
        return dict(await self.control("POST", "contacts", wish, 201))

    async def graph(self, path: str, body: Json, token: str | None = None, **query: str) -> tuple[int, Json]:
        """Call the Graph API; gives status and JSON."""
        token = token if token is not None else ("page-token" if path == PAGE else "whatsapp-token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.client.post(path, json=body, headers=headers, params=query) as answer:
            return answer.status, await answer.json()

    async def say(self, contact: Json, text: str = "moi") -> tuple[int, Json]:
        """The business sends a text."""
        if contact["channel"] == "messenger":
            body = {"recipient": {"id": contact["psid"]}, "messaging_type": "RESPONSE", "message": {"text": text}}
            return await self.graph(PAGE, body)
        body = {"messaging_product": "whatsapp", "recipient": contact["bsuid"], "type": "text", "text": {"body": text}}
        return await self.graph(NUMBER, body)

    async def webhooks(self, count: int, **query: str) -> list[Json]:
        """Wait for that many delivered webhooks."""
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        found = (await self.control("GET", f"webhooks?wait=10&count={count}&{asked}"))["webhooks"]
        assert len(found) >= count, found
        return list(found)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now
