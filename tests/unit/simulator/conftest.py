"""A simulator and a gateway that records, both real servers on loopback."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.simulator.app import make_app
from tests.unit.simulator.kit import SETTINGS, Clock, Gateway, Simulator


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[tuple[Gateway, str]]:
    """A recording gateway and its address."""
    recorder, app = Gateway(), web.Application()
    app.router.add_post("/webhooks/{channel}", recorder.take)
    async with TestServer(app) as server:
        yield recorder, str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture
async def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest_asyncio.fixture
async def simulator(gateway: tuple[Gateway, str]) -> AsyncIterator[Simulator]:
    """A running simulator that posts to the gateway."""
    recorder, url = gateway
    app = make_app(replace(SETTINGS, gateway_url=url))
    async with TestClient(TestServer(app), timeout=aiohttp.ClientTimeout(total=15)) as client:
        yield Simulator(client, recorder)
