"""Waking by notification, and work that goes on whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import wake
from bot.store.db import notify
from bot.store.wake import Bell, keep_working, listen
from tests.scenarios.wire import proxied

Notices = asyncio.Queue[tuple[str, str]]


@asynccontextmanager
async def listening(url: URL) -> AsyncIterator[Notices]:
    heard: Notices = asyncio.Queue()

    async def take(channel: str, payload: str) -> None:
        heard.put_nowait((channel, payload))

    task = asyncio.create_task(listen(url, ("inbox", "desk"), take))
    try:
        yield heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def next_of(heard: Notices) -> tuple[str, str]:
    return await asyncio.wait_for(heard.get(), 10)


async def test_a_notice_comes_at_commit_and_not_before(database: AsyncEngine, database_url_object: URL) -> None:
    async with listening(database_url_object) as heard:
        assert await next_of(heard) == ("", "")
        async with database.begin() as connection:
            await notify(connection, "inbox", "eka")
            assert heard.empty()
        assert await next_of(heard) == ("inbox", "eka")
        async with database.connect() as connection:
            await notify(connection, "inbox", "peruttu")
            await connection.rollback()
            await notify(connection, "desk", "17 'ä")
            await connection.commit()
        assert await next_of(heard) == ("desk", "17 'ä")


async def test_a_lost_connection_is_made_again(
    database: AsyncEngine, database_url_object: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "POLL_SECONDS", 0.01)
    async with proxied(database_url_object) as (proxy, url), listening(url) as heard:
        assert await next_of(heard) == ("", "")
        await proxy.cut()
        await proxy.open()
        assert await next_of(heard) == ("", "")  # everybody looks for what was missed
        async with database.begin() as connection:
            await notify(connection, "inbox")
        assert await next_of(heard) == ("inbox", "")


async def test_a_bell_that_rang_before_is_heard() -> None:
    bell = Bell()
    await bell.ring()
    await asyncio.wait_for(bell.wait(60), 5)
    waiting = asyncio.create_task(bell.wait(60))
    done, _ = await asyncio.wait({waiting}, timeout=0.02)
    assert not done
    await bell.ring()
    await asyncio.wait_for(waiting, 5)


async def test_work_goes_on_after_an_error_that_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bell, calls, over = Bell(), 0, asyncio.Event()

    async def work() -> bool:
        nonlocal calls
        calls += 1
        await bell.ring()
        if calls == 1:
            raise ValueError("mun tunnus on 131052-308T")
        if calls == 3:
            over.set()
            await asyncio.Event().wait()
        return calls == 2

    with caplog.at_level(logging.INFO):
        task = asyncio.create_task(keep_working(work, bell))
        await asyncio.wait_for(over.wait(), 5)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert "builtins.ValueError" in caplog.text
    assert "131052" not in caplog.text
