"""The desk hears of changes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import ClientResponse
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.desk.browsers import EVERYTHING, MOST_UNREAD, Browsers
from bot.desk.context import DESK
from bot.dialogue.voice import Voice
from bot.model import DeliveryStatus
from bot.store import outbox
from bot.store.db import notify
from bot.store.schema import Outbox
from bot.store.wake import DESK as CHANGES
from tests.conftest import NOW
from tests.desk.browser import Browser, Server
from tests.desk.customers import rows, taken, waiting


@asynccontextmanager
async def listening(browser: Browser, server: Server) -> AsyncIterator[ClientResponse]:
    """Open the stream of changes once the desk itself hears the database."""
    async with asyncio.timeout(10):
        await server.app[DESK].browsers.listening.wait()
        async with browser.client.get("/live") as stream:
            assert stream.headers["Content-Type"] == "text/event-stream"
            assert await stream.content.readline() == b"retry: 1000\n"
            yield stream


async def changed(stream: ClientResponse) -> str:
    """Wait for a change and return which conversation it was in."""
    async for line in stream.content:
        if line.startswith(b"data:"):
            return line.removeprefix(b"data:").strip().decode()
    return "the stream ended"


async def test_a_notification_of_the_database_reaches_the_browser(
    aino: Browser, server: Server, database: AsyncEngine
) -> None:
    async with listening(aino, server) as stream:
        async with database.begin() as connection:
            await notify(connection, CHANGES, "4711")
        assert await changed(stream) == "4711"


async def test_every_browser_sees_a_colleague_take(
    aino: Browser, onni: Browser, server: Server, database: AsyncEngine
) -> None:
    number = await waiting(database)
    async with listening(aino, server) as hers, listening(onni, server) as his:
        await aino.post(f"/conversations/{number}/take")
        assert await changed(hers) == str(number)
        assert await changed(his) == str(number)
    assert "Aino hoitaa tätä keskustelua" in await onni.page(f"/conversations/{number}")


async def test_what_becomes_of_a_reply_is_a_change(
    aino: Browser, server: Server, database: AsyncEngine, voice: Voice
) -> None:
    number = await taken(database, voice)
    sent = (await rows(database, "outbox"))[-1]["id"]
    async with listening(aino, server) as stream:
        async with database.begin() as connection:
            await outbox.record_sent(connection, sent, "wamid.x", NOW)
        assert await changed(stream) == str(number)
    async with database.begin() as connection:
        await connection.execute(update(Outbox).values(status=DeliveryStatus.SENDING))
    async with listening(aino, server) as stream:
        async with database.begin() as connection:
            later = NOW + timedelta(minutes=1)
            await outbox.record_failure(connection, sent, DeliveryStatus.DEAD, later, "refused")
        assert await changed(stream) == str(number)


async def test_a_piece_of_the_page_is_all_that_is_sent_again(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    path = f"/conversations/{number}"
    desk = await aino.page(path, headers={"X-Piece": "desk"})
    queue = await aino.page(path, headers={"X-Piece": "queue"})
    assert desk.startswith("<main")
    assert queue.startswith("<nav")
    assert 'data-title="(1) Työpöytä · Aspa"' in queue


async def test_who_is_not_signed_in_hears_nothing(visit: Callable[[], Awaitable[Browser]]) -> None:
    answer = await (await visit()).client.get("/live")
    assert answer.status == 401


async def test_the_streams_end_with_the_process(aino: Browser, server: Server) -> None:
    async with listening(aino, server) as stream:
        await server.app.shutdown()
        assert await changed(stream) == "the stream ended"


async def test_a_browser_that_falls_behind_looks_at_everything() -> None:
    browsers = Browsers()
    with browsers.looking() as browser:
        for number in (7, 8, 7):
            await browsers.tell(CHANGES, str(number))
        assert await browser.news() == ["7", "8"]
        for number in range(MOST_UNREAD + 1):
            await browsers.tell(CHANGES, str(number))
        assert await browser.news() == [EVERYTHING, str(MOST_UNREAD)]
