"""The browsers that are looking at the desk, and what they are told: the number of a conversation that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Gauge

EVERYTHING = ""
"""Told instead of a number when changes may have been missed."""
MOST_UNREAD = 200

LOOKING = Gauge("aspa_desk_browsers", "Browsers that are looking at the desk", multiprocess_mode="livesum")


class Browser:
    """What one browser has not been told yet; each conversation once."""

    def __init__(self) -> None:
        self._changed: dict[str, None] = {}
        self._news = asyncio.Event()
        self.left = False

    def tell(self, conversation: str) -> None:
        """Note a change; one that falls far behind is told to look at everything."""
        if len(self._changed) >= MOST_UNREAD:
            self._changed = {EVERYTHING: None}
        self._changed[conversation] = None
        self._news.set()

    def leave(self) -> None:
        """Wake the stream so that it ends."""
        self.left = True
        self._news.set()

    async def news(self) -> list[str]:
        """Wait for changes and return them, oldest first."""
        await self._news.wait()
        changed, self._changed = list(self._changed), {}
        self._news.clear()
        return changed


class Browsers:
    """All of them. `listening` is set once the database's notifications reach us."""

    def __init__(self) -> None:
        self._browsers: set[Browser] = set()
        self.listening = asyncio.Event()

    async def tell(self, channel: str, conversation: str) -> None:
        """Pass a notification of the database on to every browser."""
        self.listening.set()
        for browser in self._browsers:
            browser.tell(conversation)

    @contextmanager
    def looking(self) -> Iterator[Browser]:
        """Have a browser told of changes for as long as the block lasts."""
        browser = Browser()
        self._browsers.add(browser)
        LOOKING.inc()
        try:
            yield browser
        finally:
            self._browsers.discard(browser)
            LOOKING.dec()

    def close(self) -> None:
        """End every stream: the process is going down."""
        for browser in self._browsers:
            browser.leave()
