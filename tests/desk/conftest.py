"""The desk over real HTTP, with two agents and customers who wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import ROOT, from_environment
from bot.desk.app import make_app
from bot.dialogue.voice import Voice, load_voice
from bot.model import Role
from bot.passwords import hash_password
from bot.store.agents import add_agent
from tests.conftest import NOW
from tests.desk.browser import PASSWORD, Browser, Server

HASH = hash_password(PASSWORD)
SIGN_INS = (("aino", Role.AGENT), ("onni", Role.AGENT), ("sisu", Role.CONTENT), ("pomo", Role.ADMIN))


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        """Let time go by."""
        self.now += timedelta(**length)


@pytest.fixture(scope="session")
def voice() -> Voice:
    return load_voice(ROOT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(
    database: AsyncEngine, database_url_object: URL, clock: Clock, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Server]:
    """The desk, running, with its sign-ins. The content is read once for all tests: that takes a second."""
    monkeypatch.setattr("bot.desk.app.load_voice", lambda project: voice)
    async with database.begin() as connection:
        for name, role in SIGN_INS:
            await add_agent(connection, name, role, HASH)
    app = make_app(from_environment({}, ROOT), database, database_url_object, clock)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def visit(server: Server) -> AsyncIterator[Callable[[], Awaitable[Browser]]]:
    """Make browsers that know nothing of each other."""
    clients: list[TestClient[web.Request, web.Application]] = []

    async def make() -> Browser:
        clients.append(TestClient(server))
        await clients[-1].start_server()
        return Browser(clients[-1])

    yield make
    for client in clients:
        await client.session.close()


@pytest.fixture
async def aino(visit: Callable[[], Awaitable[Browser]]) -> Browser:
    browser = await visit()
    await browser.sign_in("aino")
    return browser


@pytest.fixture
async def onni(visit: Callable[[], Awaitable[Browser]]) -> Browser:
    browser = await visit()
    await browser.sign_in("onni")
    return browser
