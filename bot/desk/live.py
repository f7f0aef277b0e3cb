"""Live changes for an open page, as server-sent events: which conversation changed. The page fetches what it shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from bot.desk.browsers import Browser
from bot.desk.context import DESK
from bot.desk.guard import who

HEARTBEAT_SECONDS = 15.0
"""Keeps proxies from closing a silent stream; the session is checked as often."""


async def live(request: web.Request) -> web.StreamResponse:
    """Send an event `change` with the number of each conversation that changes; empty means: look at everything."""
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    stream.headers["X-Accel-Buffering"] = "no"
    with request.app[DESK].browsers.looking() as browser, suppress(ConnectionError):
        await stream.prepare(request)
        await stream.write(b"retry: 1000\n\n")
        await _follow(request, stream, browser)
    return stream


async def _follow(request: web.Request, stream: web.StreamResponse, browser: Browser) -> None:
    while not browser.left:
        try:
            changed = await asyncio.wait_for(browser.news(), HEARTBEAT_SECONDS)
        except TimeoutError:
            if await who(request) is None:
                return  # signed out elsewhere; the browser asks again and hears so
            await stream.write(b": still here\n\n")
            continue
        for conversation in changed:
            await stream.write(f"event: change\ndata: {conversation}\n\n".encode())
