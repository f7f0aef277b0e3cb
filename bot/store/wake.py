"""Waiting for work: LISTEN wakes at once, a poll every second catches what a lost connection missed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import psycopg
from sqlalchemy.engine import URL

from bot.logs import describe

INBOX, RECEIPTS, OUTBOX, DESK, SEEN = "inbox", "receipts", "outbox", "desk", "seen"
POLL_SECONDS = 1.0

log = logging.getLogger(__name__)
OnNotice = Callable[[str, str], Awaitable[None]]


def connection_string(url: URL) -> str:
    """Return the URL as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def listen(url: URL, channels: tuple[str, ...], on_notice: OnNotice) -> None:
    """Call `on_notice(channel, payload)` for every notification, for ever; reconnect when the connection is lost."""
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            await _listen_once(url, channels, on_notice)
        log.warning("database notifications lost; connecting again")
        await asyncio.sleep(POLL_SECONDS)


async def _listen_once(url: URL, channels: tuple[str, ...], on_notice: OnNotice) -> None:
    async with await psycopg.AsyncConnection.connect(
        connection_string(url), autocommit=True, connect_timeout=5
    ) as connection:
        for channel in channels:
            await connection.execute(f"LISTEN {channel}".encode())
        await on_notice("", "")  # whatever arrived before we listened
        async for notice in connection.notifies():
            await on_notice(notice.channel, notice.payload)


class Bell:
    """Rung by notifications; a worker sleeps on it until it rings or the poll is due."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def ring(self, channel: str = "", payload: str = "") -> None:
        """Wake the sleeper."""
        self._event.set()

    async def wait(self, seconds: float = POLL_SECONDS) -> None:
        """Sleep until the bell rings, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()


async def keep_working(work: Callable[[], Awaitable[bool]], bell: Bell, seconds: float = POLL_SECONDS) -> None:
    """Call `work` again and again while it finds something to do; rest on the bell, at most `seconds`, when not.

    A database that is away is waited for; any other error is logged by its place and the work goes on.
    """
    while True:
        try:
            found = await work()
        except Exception as error:
            log.error("work failed: %s", describe(error))
            found = False
        if not found:
            await bell.wait(seconds)
