"""The whole product for a scenario: simulator, gateway, engine and delivery on real HTTP and a real database.

In one process and event loop here; tests/scenarios/test_chaos.py runs the same parts as processes and kills them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import app as wiring
from bot import gateway
from bot.channels.graph import Graph
from bot.clock import Clock, utc_now
from bot.config import ROOT, Settings, from_environment
from bot.delivery import Delivery
from bot.dialogue.engine import Engine
from bot.dialogue.voice import load_voice
from bot.hours import load_hours
from bot.simulator.app import make_app
from bot.simulator.settings import SimulatorSettings
from bot.store.wake import INBOX, OUTBOX, RECEIPTS, Bell, keep_working, listen
from bot.turns import Turns

WAIT_SECONDS = 15
PAGE, NUMBER = "102938475610293", "106540352242922"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(gateway_port: int, simulator_port: int, **more: str) -> dict[str, str]:
    """Return the settings of a product whose Meta is the simulator."""
    return {
        "META_APP_SECRET": "app-secret-for-tests",
        "META_VERIFY_TOKEN": "verify-token-for-tests",
        "MESSENGER_PAGE_ID": PAGE,
        "MESSENGER_PAGE_TOKEN": "page-token-for-tests",
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "WHATSAPP_TOKEN": "whatsapp-token-for-tests",
        "GRAPH_API_URL": f"http://127.0.0.1:{simulator_port}",
        "BOT_GATEWAY_PORT": str(gateway_port),
        "BOT_SIMULATOR_PORT": str(simulator_port),
        "BOT_SEND_UNKNOWN_SECONDS": "2",
        **more,
    }


def simulator_settings(settings: Settings) -> SimulatorSettings:
    """Return the simulator that fits the product's settings."""
    assert settings.messenger_page_token is not None and settings.whatsapp_token is not None
    return SimulatorSettings(
        gateway_url=f"http://127.0.0.1:{settings.gateway_port}",
        app_secret=settings.app_secrets[0].reveal(),
        page_id=PAGE,
        page_token=settings.messenger_page_token.reveal(),
        phone_number_id=NUMBER,
        whatsapp_token=settings.whatsapp_token.reveal(),
        public_url=settings.graph_api_url,
        retry_seconds=(0.2, 0.5, 1.0, 2.0, 4.0, 8.0),
    )


@dataclass
class Phone:
    """A customer's phone, driven through the simulator's control API."""

    http: aiohttp.ClientSession
    simulator: str
    id: str
    seen: int = 0

    async def write(self, text: str) -> None:
        """Send a text."""
        await self._act({"text": text})

    async def press(self, choice: str) -> None:
        """Press a button by its title or payload."""
        await self._act({"press": choice})

    async def send(self, **what: Any) -> None:
        """Send anything else: attachment, location, event."""
        await self._act(what)

    async def _act(self, body: dict[str, Any]) -> None:
        url = f"{self.simulator}/simulator/contacts/{self.id}/messages"
        async with self.http.post(url, json=body) as response:
            assert response.status == 201, await response.text()

    async def hears(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait for the next messages of the business and return them."""
        query = {"from": "business", "after": str(self.seen), "count": str(count), "wait": str(WAIT_SECONDS)}
        async with self.http.get(f"{self.simulator}/simulator/contacts/{self.id}/chat", params=query) as response:
            messages: list[dict[str, Any]] = (await response.json())["messages"]
        assert len(messages) >= count, f"only {len(messages)} of {count} messages came"
        self.seen = messages[-1]["n"]
        return messages

    async def expects(self, *fragments: str) -> str:
        """Wait until the business has said all the fragments, in any number of messages; return what it said."""
        heard = ""
        while not all(fragment.lower() in heard.lower() for fragment in fragments):
            heard += "\n" + "\n".join(message["text"] or "" for message in await self._next(heard))
        return heard

    async def _next(self, heard: str) -> list[dict[str, Any]]:
        try:
            return await self.hears()
        except AssertionError:
            raise AssertionError(f"nothing more came; so far:{heard}") from None


@dataclass
class Product:
    """A running product with its database and Meta."""

    settings: Settings
    database: AsyncEngine
    url: URL
    turns: Turns
    http: aiohttp.ClientSession

    async def phone(self, channel: str = "messenger", **more: Any) -> Phone:
        """Give a new customer a phone."""
        url = f"{self.settings.graph_api_url}/simulator/contacts"
        async with self.http.post(url, json={"channel": channel, **more}) as response:
            contact = await response.json()
        return Phone(self.http, self.settings.graph_api_url, contact["id"])

    async def faults(self, **faults: Any) -> None:
        """Tell Meta what is to go wrong."""
        async with self.http.patch(f"{self.settings.graph_api_url}/simulator/faults", json=faults) as response:
            assert response.status == 200, await response.text()

    async def calls(self, **query: Any) -> list[dict[str, Any]]:
        """Return the Graph calls that Meta has seen."""
        url = f"{self.settings.graph_api_url}/simulator/calls"
        async with self.http.get(url, params={key: str(value) for key, value in query.items()}) as response:
            calls: list[dict[str, Any]] = (await response.json())["calls"]
        return calls


@asynccontextmanager
async def running_product(
    database: AsyncEngine, url: URL, engine: Engine, clock: Clock = utc_now
) -> AsyncIterator[Product]:
    """Run simulator, gateway, engine and delivery until the block ends."""
    settings = from_environment(environment(free_port(), free_port()))
    turns = Turns(
        database,
        engine,
        load_voice(ROOT),
        load_hours(ROOT / "data" / "opening_hours.yml"),
        settings.secure_link,
        clock,
    )
    async with aiohttp.ClientSession() as http:
        graph = Graph(http, settings.graph_api_url, settings.graph_api_version, settings.app_secrets[0])
        delivery = Delivery(database, graph, wiring.own_accounts(settings), settings.send_unknown_seconds, clock)
        sites = [
            await _listen(make_app(simulator_settings(settings)), settings.simulator_port),
            await _listen(gateway.make_app(settings, database, clock), settings.gateway_port),
        ]
        work = [asyncio.create_task(part) for part in _workers(turns, delivery, url)]
        try:
            yield Product(settings, database, url, turns, http)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await delivery.finish()
            for site in sites:
                await site.cleanup()


def _workers(turns: Turns, delivery: Delivery, url: URL) -> list[Any]:
    bells = {INBOX: Bell(), OUTBOX: Bell(), RECEIPTS: Bell()}

    async def ring(channel: str, payload: str) -> None:
        for bell in [bells[channel]] if channel else bells.values():
            await bell.ring()

    return [
        listen(url, tuple(bells), ring),
        keep_working(turns.work, bells[INBOX]),
        keep_working(turns.work, bells[INBOX]),
        keep_working(delivery.work, bells[OUTBOX]),
        keep_working(delivery.work_receipts, bells[RECEIPTS]),
    ]


async def _listen(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
