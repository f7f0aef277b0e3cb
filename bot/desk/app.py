"""Wires the desk: one aiohttp application, and one connection that hears of changes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.config import Settings
from bot.desk import deeds, pages, probes, sign_in
from bot.desk.attempts import Attempts
from bot.desk.browsers import Browsers
from bot.desk.context import DESK, Desk
from bot.desk.guard import add_headers, admit, choose_language, put_errors_into_words
from bot.desk.live import live
from bot.dialogue.voice import load_voice
from bot.passwords import nobodys_hash
from bot.store.wake import DESK as CHANGES
from bot.store.wake import listen

HERE = Path(__file__).parent
MOST_BYTES = 64 * 1024
"""No form of the desk is larger."""
PASSWORD_CHECKS = 2
"""At once: one takes 64 MB and a core for 50 ms."""


def make_app(settings: Settings, database: AsyncEngine, url: URL, clock: Clock) -> web.Application:
    """Return the desk as an application. `url` is the database's, for the connection that listens."""
    app = web.Application(middlewares=[choose_language, put_errors_into_words, admit], client_max_size=MOST_BYTES)
    app[DESK] = Desk(
        database, clock, load_voice(settings.project), Attempts(clock), Browsers(), asyncio.Semaphore(PASSWORD_CHECKS)
    )
    loader = FileSystemLoader(HERE / "templates")
    aiohttp_jinja2.setup(
        app, loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    _add_routes(app)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_let_go)
    app.cleanup_ctx.append(_listening(url))
    return app


def _add_routes(app: web.Application) -> None:
    conversation = r"/conversations/{number:\d{1,18}}"
    app.add_routes(
        [
            web.get("/", pages.show),
            web.get(conversation, pages.show),
            web.post(f"{conversation}/take", deeds.take),
            web.post(f"{conversation}/reply", deeds.reply),
            web.post(f"{conversation}/resolve", deeds.resolve),
            web.post(f"{conversation}/give-back", deeds.give_back),
            web.get("/live", live),
            web.get("/sign-in", sign_in.show),
            web.post("/sign-in", sign_in.sign_in),
            web.post("/sign-out", sign_in.sign_out),
            web.get("/healthz", probes.healthz),
            web.get("/readyz", probes.readyz),
            web.get("/metrics", probes.metrics),
            web.static("/static", HERE / "static"),
        ]
    )


def _listening(url: URL) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what keeps the browsers told for as long as the application runs."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        await asyncio.to_thread(nobodys_hash)  # so that the first unknown name is no slower than the next
        task = asyncio.create_task(listen(url, (CHANGES,), app[DESK].browsers.tell))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return context


async def _let_go(app: web.Application) -> None:
    app[DESK].browsers.close()
