"""Everything at once: batches, duplicates, shuffling, and `kill -9` of the engine and the delivery worker.

The product runs as its real processes under its own supervisor; Meta is the simulator, over HTTP.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.demo.load import load_demo
from bot.channels.meta import sign
from bot.clock import utc_now
from bot.config import from_environment
from bot.model import DeliveryStatus
from bot.simulator.app import make_app
from bot.store.schema import Inbox, Outbox, Transcript
from tests.scenarios.product import PAGE, environment, free_port, simulator_settings

WEBHOOKS, MOST_EVENTS, CUSTOMERS, KILLS = 200, 50, 40, 8
SEED = 20261122
ORDERS = [str(number) for number in range(10001, 10043)]
ANSWERED = re.compile(r"\b(100[0-4]\d)\b")


@dataclass
class Customer:
    """A Messenger customer who asks about orders by pressing buttons, and what he asked, webhook by webhook."""

    psid: str
    contact: str
    asked: list[list[str]] = field(default_factory=list)


@asynccontextmanager
async def served(url: URL, state_dir: Path) -> AsyncIterator[tuple[Process, dict[str, str]]]:
    """Run `bot serve` with two engine workers, and Meta beside it."""
    env = environment(
        free_port(),
        free_port(),
        BOT_DESK_PORT=str(free_port()),
        BOT_STATE_DIR=str(state_dir),
        BOT_ENGINE_WORKERS="2",
        DATABASE_URL=url.render_as_string(hide_password=False),
    )
    settings = from_environment(env)
    runner = web.AppRunner(make_app(simulator_settings(settings)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.simulator_port).start()
    command = [sys.executable, "-W", "ignore", "-m", "bot", "serve"]
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **env}, stderr=PIPE)
    try:
        yield process, env
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        await runner.cleanup()


async def until_ready(process: Process) -> None:
    """Read the log until both engines, delivery and gateway say that they are ready."""
    assert process.stderr is not None
    waiting = ["engine ready", "engine ready", "delivery ready", "listening on"]
    async with asyncio.timeout(120):
        while waiting:
            line = (await process.stderr.readline()).decode()
            assert line, "the product ended while starting"
            waiting = [
                *waiting[: (at := next((i for i, w in enumerate(waiting) if w in line), len(waiting)))],
                *waiting[at + 1 :],
            ]


async def drain(process: Process, into: list[str]) -> None:
    """Keep the log, so that the pipe never fills."""
    assert process.stderr is not None
    async for line in process.stderr:
        into.append(line.decode())


async def test_nothing_is_lost_or_doubled_whatever_dies(
    database: AsyncEngine, database_url_object: URL, model_path: Path, tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    await load_demo(database, utc_now())
    async with served(database_url_object, tmp_path) as (process, env), aiohttp.ClientSession() as http:
        await until_ready(process)
        log: list[str] = []
        reading = asyncio.create_task(drain(process, log))
        simulator = env["GRAPH_API_URL"]
        customers = [await new_customer(http, simulator) for _ in range(CUSTOMERS)]
        bodies = [webhook(dice, customers, number) for number in range(WEBHOOKS)]
        deliveries = bodies * 2
        dice.shuffle(deliveries)
        killing = asyncio.create_task(kill_now_and_then(process.pid, dice, http, simulator))
        await post_all(http, env, deliveries)
        heard = [await answers(http, simulator, customer) for customer in customers]
        await killing
        reading.cancel()
    expected = sum(len(part) for customer in customers for part in customer.asked)
    print(f"{WEBHOOKS} webhooks, {expected} messages, {KILLS} kills")
    await check_database(database, expected)
    for customer, said in zip(customers, heard, strict=True):
        asked = await asked_in_order(database, customer)
        assert said == asked, f"{customer.psid}: answers differ from questions"
        assert sorted(asked) == sorted(number for part in customer.asked for number in part)
        assert all(is_in_order(part, asked) for part in customer.asked)


async def new_customer(http: aiohttp.ClientSession, simulator: str) -> Customer:
    body = {"channel": "messenger", "last_message_hours_ago": 0}
    async with http.post(f"{simulator}/simulator/contacts", json=body) as response:
        contact = await response.json()
    return Customer(contact["psid"], contact["id"])


def webhook(dice: random.Random, customers: list[Customer], number: int) -> bytes:
    """Make a webhook of 1 to 50 button presses of several customers; remember who asked what."""
    start = utc_now() - timedelta(hours=1) + timedelta(seconds=10 * number)
    parts: dict[str, list[str]] = {}
    messaging = []
    for position in range(dice.randint(1, MOST_EVENTS)):
        customer, order = dice.choice(customers), dice.choice(ORDERS)
        if customer.psid not in parts:
            parts[customer.psid] = []
            customer.asked.append(parts[customer.psid])
        parts[customer.psid].append(order)
        messaging.append(press(customer.psid, order, f"{number}_{position}", start + timedelta(milliseconds=position)))
    return json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": messaging}]}).encode()


def press(psid: str, order: str, mid: str, at: Any) -> dict[str, Any]:
    payload = '/check_order{"order_number":"' + order + '"}'
    return {
        "sender": {"id": psid},
        "recipient": {"id": PAGE},
        "timestamp": int(at.timestamp() * 1000),
        "postback": {"mid": f"m_{mid}", "title": order, "payload": payload},
    }


async def post_all(http: aiohttp.ClientSession, env: dict[str, str], bodies: list[bytes]) -> None:
    """Post as Meta would: eight at a time, again until 200."""
    secret = from_environment(env).app_secrets[0]
    url = f"http://127.0.0.1:{env['BOT_GATEWAY_PORT']}/webhooks/messenger"
    queue = iter(bodies)

    async def sender() -> None:
        for body in queue:
            headers = {"X-Hub-Signature-256": f"sha256={sign(body, secret)}"}
            status = 0
            while status != 200:
                async with http.post(url, data=body, headers=headers) as response:
                    status = response.status

    await asyncio.gather(*(sender() for _ in range(8)))


async def kill_now_and_then(supervisor: int, dice: random.Random, http: aiohttp.ClientSession, simulator: str) -> None:
    """Kill an engine or the delivery worker each time when some more replies have reached Meta."""
    after = 0
    for number in range(KILLS):
        await calls_beyond(http, simulator, after := after + dice.randint(40, 120))
        victims = [child for child in psutil.Process(supervisor).children() if is_victim(child, number)]
        if victims:
            dice.choice(victims).send_signal(signal.SIGKILL)


async def calls_beyond(http: aiohttp.ClientSession, simulator: str, after: int) -> None:
    """Wait until Meta has seen so many sends."""
    query = {"after": str(after), "count": "1", "wait": "60", "kind": "message"}
    async with http.get(f"{simulator}/simulator/calls", params=query) as response:
        await response.read()


def is_victim(child: psutil.Process, number: int) -> bool:
    return bool(child.cmdline()[-1:] == ["delivery" if number % 3 == 2 else "engine"])


async def answers(http: aiohttp.ClientSession, simulator: str, customer: Customer) -> list[str]:
    """Wait until a customer has all his answers and return the order numbers in them."""
    wanted = sum(len(part) for part in customer.asked)
    said: list[str] = []
    after = 0
    async with asyncio.timeout(1200):
        while len(said) < wanted:
            query = {"after": str(after), "from": "business", "wait": "30"}
            url = f"{simulator}/simulator/contacts/{customer.contact}/chat"
            async with http.get(url, params=query) as response:
                news = await response.json()
            after = news["next"]
            said += [found[0] for message in news["messages"] if (found := ANSWERED.findall(message["text"] or ""))]
    return said


async def asked_in_order(database: AsyncEngine, customer: Customer) -> list[str]:
    """Return what the transcript holds of a customer's questions, in its order."""
    from bot.store.schema import Conversation

    query = (
        select(Transcript.text)
        .join(Conversation, Conversation.id == Transcript.conversation_id)
        .where(Conversation.address == customer.psid, Transcript.author == "customer")
        .order_by(Transcript.id)
    )
    async with database.connect() as connection:
        return [text or "" for text in (await connection.execute(query)).scalars()]


def is_in_order(part: list[str], whole: list[str]) -> bool:
    """Tell whether a webhook's own presses appear in the whole one after the other."""
    rest = iter(whole)
    return all(number in rest for number in part)


async def check_database(database: AsyncEngine, expected: int) -> None:
    """Each event was kept once and is done; each reply was sent once."""
    async with database.connect() as connection:
        messages = select(func.count()).select_from(Inbox).where(Inbox.kind == "message")
        assert (await connection.execute(messages)).scalar_one() == expected
        assert (await connection.execute(messages.where(Inbox.is_open))).scalar_one() == 0
        unsent = select(Outbox.status).where(Outbox.status.in_([DeliveryStatus.FAILED, DeliveryStatus.DEAD]))
        assert (await connection.execute(unsent)).all() == []
