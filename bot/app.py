"""The one place that wires things: settings to databases, workers and listeners, one function a process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from dotenv import load_dotenv
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.protocol import Backend
from bot import gateway
from bot.channels.graph import Account, Graph
from bot.clock import utc_now
from bot.config import VARIABLES, Settings
from bot.delivery import Delivery
from bot.errors import ConfigError
from bot.health import keep_reporting
from bot.hours import load_hours
from bot.model import Channel, Role
from bot.store.db import database_url, make_engine
from bot.store.wake import INBOX, OUTBOX, RECEIPTS, SEEN, Bell, keep_working, listen

log = logging.getLogger(__name__)
DEMO_SIGN_INS = (("aino", Role.AGENT), ("onni", Role.AGENT), ("sisu", Role.CONTENT), ("pomo", Role.ADMIN))
TURNS_AT_ONCE = 8
"""Turns of one engine worker that may wait for a backend at the same time."""


@asynccontextmanager
async def open_database(settings: Settings, pool: int = 10) -> AsyncIterator[tuple[AsyncEngine, URL]]:
    """Connect to the database for as long as the block lasts; actions find it in DATABASE_URL."""
    url = database_url(settings)
    os.environ["DATABASE_URL"] = url.render_as_string(hide_password=False)
    engine = make_engine(url, pool)
    try:
        yield engine, url
    finally:
        await engine.dispose()


async def run_gateway(settings: Settings) -> None:
    """Serve Meta's webhooks until the process is told to stop."""
    async with open_database(settings) as (database, _):
        await serve(gateway.make_app(settings, database, utc_now), settings.host, settings.gateway_port)


async def run_desk(settings: Settings) -> None:
    """Serve the desk until the process is told to stop."""
    from bot.desk.app import make_app

    async with open_database(settings) as (database, url):
        await serve(make_app(settings, database, url, utc_now), settings.host, settings.desk_port)


async def run_engine(settings: Settings) -> None:
    """Take turns until the process is told to stop. Answering can wait a moment; taking in webhooks cannot."""
    os.nice(5)
    async with open_database(settings, TURNS_AT_ONCE + 4) as (database, url), make_turns(settings, database) as turns:
        bells = [Bell() for _ in range(TURNS_AT_ONCE)]
        log.info("engine ready")

        async def ring(channel: str, payload: str) -> None:
            for bell in bells:
                await bell.ring()

        await together(
            listen(url, (INBOX,), ring),
            keep_reporting(database, "engine", utc_now),
            *(keep_working(turns.work, bell) for bell in bells),
        )


@asynccontextmanager
async def make_turns(settings: Settings, database: AsyncEngine) -> AsyncIterator[Any]:
    """Load the model and return what takes turns, warm. Rasa is imported here: other processes do without it."""
    from bot.dialogue.engine import load_engine
    from bot.dialogue.training import newest_model
    from bot.dialogue.voice import load_voice
    from bot.turns import Turns

    engine = load_engine(newest_model(settings.project), settings.project)
    await engine.understand("moi")
    yield Turns(
        database,
        engine,
        load_voice(settings.project),
        load_hours(settings.project / "data" / "opening_hours.yml"),
        settings.secure_link,
        utc_now,
    )


async def run_delivery(settings: Settings) -> None:
    """Send replies and record receipts until the process is told to stop."""
    settings.require("META_APP_SECRET")
    accounts = own_accounts(settings)
    async with open_database(settings, 24) as (database, url), aiohttp.ClientSession() as http:
        graph = Graph(http, settings.graph_api_url, settings.graph_api_version, settings.app_secrets[0])
        delivery = Delivery(database, graph, accounts, settings.send_unknown_seconds, utc_now)
        outgoing, receipts, seen = Bell(), Bell(), set[asyncio.Task[None]]()
        log.info("delivery ready")

        async def ring(channel: str, payload: str) -> None:
            if channel == SEEN:
                task = asyncio.create_task(delivery.show_seen(payload))
                seen.add(task)
                task.add_done_callback(seen.discard)
                return
            if channel != RECEIPTS:
                await outgoing.ring()
            if channel != OUTBOX:
                await receipts.ring()

        try:
            await together(
                listen(url, (OUTBOX, RECEIPTS, SEEN), ring),
                keep_reporting(database, "delivery", utc_now),
                keep_working(delivery.work, outgoing),
                keep_working(delivery.work_receipts, receipts),
            )
        finally:
            await delivery.finish()


async def run_scheduler(settings: Settings) -> None:
    """Tell customers what they asked to hear about until the process is told to stop."""
    from bot.dialogue.voice import load_voice
    from bot.subscriptions import EVERY_SECONDS, Subscriptions

    async with open_database(settings, 3) as (database, _), open_backend(settings) as backend:
        work = Subscriptions(database, backend, load_voice(settings.project), utc_now).work
        log.info("scheduler ready")
        await together(keep_reporting(database, "scheduler", utc_now), keep_working(work, Bell(), EVERY_SECONDS))


@asynccontextmanager
async def open_backend(settings: Settings) -> AsyncIterator[Backend]:
    """Give the company's systems for as long as the block lasts; without BACKEND_URL, the data in DATABASE_URL."""
    from actions.backend.connect import connect

    load_dotenv(settings.project / ".env")
    try:
        backend = connect(os.environ, database_url=os.environ.get("DATABASE_URL"))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    try:
        yield backend
    finally:
        await backend.close()


async def run_simulator(settings: Settings) -> None:
    """Play Meta and the customers' phones. Everything it knows of the product is an address and the app's secrets."""
    from bot.simulator.app import make_app
    from bot.simulator.settings import SimulatorSettings

    settings.require(*VARIABLES)
    assert settings.messenger_page_id and settings.whatsapp_phone_number_id
    assert settings.messenger_page_token and settings.whatsapp_token
    home = f"http://{settings.host}"
    password = os.environ.get("BOT_DEMO_PASSWORD", "")
    simulated = SimulatorSettings(
        gateway_url=f"{home}:{settings.gateway_port}",
        app_secret=settings.app_secrets[0].reveal(),
        page_id=settings.messenger_page_id,
        page_token=settings.messenger_page_token.reveal(),
        phone_number_id=settings.whatsapp_phone_number_id,
        whatsapp_token=settings.whatsapp_token.reveal(),
        desk_url=f"{home}:{settings.desk_port}",
        sign_ins=tuple((name, password, role.value) for name, role in DEMO_SIGN_INS) if password else (),
        version=settings.graph_api_version,
        public_url=f"{home}:{settings.simulator_port}",
    )
    await serve(make_app(simulated), settings.host, settings.simulator_port)


def own_accounts(settings: Settings) -> dict[tuple[Channel, str], Account]:
    """Return the Page and the number that we send from; raise `ConfigError` when there is neither."""
    pairs = (
        (Channel.MESSENGER, "MESSENGER_PAGE_ID", "MESSENGER_PAGE_TOKEN"),
        (Channel.WHATSAPP, "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_TOKEN"),
    )
    values = {
        Channel.MESSENGER: (settings.messenger_page_id, settings.messenger_page_token),
        Channel.WHATSAPP: (settings.whatsapp_phone_number_id, settings.whatsapp_token),
    }
    accounts = {}
    for channel, *names in pairs:
        external_id, token = values[channel]
        if external_id or token:
            settings.require(*names)
            assert external_id is not None and token is not None
            accounts[channel, external_id] = Account(channel, external_id, token)
    if not accounts:
        raise ConfigError(
            "missing: MESSENGER_PAGE_ID and MESSENGER_PAGE_TOKEN, or WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_TOKEN"
        )
    return accounts


async def serve(app: web.Application, host: str, port: int) -> None:
    """Listen until cancelled. No access log: it would hold query strings with tokens."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        log.info("listening on port %d", port)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run the parts of a process until one ends; its error is the process's."""
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(part)


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a process until it ends or is told to stop (SIGTERM, Ctrl-C), leaving it time to finish."""
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_until_stopped(main))


async def _until_stopped(main: Callable[[], Awaitable[None]]) -> None:
    import signal

    task = asyncio.ensure_future(main())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
