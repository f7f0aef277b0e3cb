"""Measures the product on this machine: accepting webhooks, a turn, and the first reply on the phone.

Run alone on a quiet machine: `make measure`. Everything is real: PostgreSQL, HTTP, the trained model, the simulator.
Prints medians; a figure is worth as much as the machine was quiet.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from actions.backend.demo.load import load_demo
from bot.channels.meta import sign
from bot.clock import utc_now
from bot.config import ROOT, from_environment
from bot.dialogue.engine import load_engine
from bot.dialogue.training import newest_model
from bot.health import readiness
from bot.logs import set_up_logs
from bot.store import db
from bot.store.migrate import migrate
from tests.scenarios.product import PAGE, environment, free_port

ACCEPT_SECONDS, ACCEPT_RATE = 30, 100
LOOKUP = '/check_outage{"postal_code":"33100"}'
MESSAGES = (
    "mul ei toimi netti",
    "33100",
    "kauanko siin viel menee",
    "missä mun tilaus 12345 on",
    "mihin asti ootte auki",
)


def show(name: str, seconds: list[float]) -> None:
    """Print median, 99th percentile and count in milliseconds."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:52} p50 {statistics.median(ordered) * 1000:7.1f} ms   p99 {p99 * 1000:7.1f} ms   n {len(ordered)}")


async def turns() -> None:
    """A turn with a look-up inside the engine: the backend in PostgreSQL, tracker kept and read back each time."""
    engine = load_engine(newest_model(ROOT), ROOT)
    tracker: dict[str, Any] | None = None
    took: list[float] = []
    for _ in range(320):
        kept = json.loads(json.dumps(tracker))
        start = time.perf_counter()
        tracker = (await engine.turn("1", "messenger", kept, [LOOKUP])).tracker
        took.append(time.perf_counter() - start)
    show("turn with a backend look-up, turns 3 to 22", took[2:22])
    show("turn with a backend look-up, turns 291 to 310", took[290:310])
    print(f"{'turn 300 against turn 3':52} {statistics.median(took[290:310]) / statistics.median(took[2:22]):.2f}")


async def accept(http: aiohttp.ClientSession, env: dict[str, str]) -> None:
    """100 events a second for half a minute, from 50 customers, while the engine answers them."""
    secret = from_environment(env).app_secrets[0]
    url = f"http://127.0.0.1:{env['BOT_GATEWAY_PORT']}/webhooks/messenger"
    took: list[float] = []

    async def post(number: int) -> None:
        message = {"mid": f"m_load_{number}", "text": MESSAGES[number % len(MESSAGES)]}
        stamp = int(time.time() * 1000)
        event = {
            "sender": {"id": f"9{number % 50:04d}"},
            "recipient": {"id": PAGE},
            "timestamp": stamp,
            "message": message,
        }
        body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": stamp, "messaging": [event]}]}).encode()
        start = time.perf_counter()
        async with http.post(url, data=body, headers={"X-Hub-Signature-256": f"sha256={sign(body, secret)}"}) as answer:
            assert answer.status == 200, answer.status
        took.append(time.perf_counter() - start)

    began = time.perf_counter()
    tasks = []
    for number in range(ACCEPT_SECONDS * ACCEPT_RATE):
        await asyncio.sleep(max(0.0, began + number / ACCEPT_RATE - time.perf_counter()))
        tasks.append(asyncio.create_task(post(number)))
    await asyncio.gather(*tasks)
    show(f"accept at {ACCEPT_RATE} events/s, engine busy", took)


async def first_reply(http: aiohttp.ClientSession, simulator: str) -> None:
    """From the customer's tap on "send" to the first bubble on his phone, one customer at a time."""
    took = []
    for channel in ("messenger", "whatsapp") * 5:
        async with http.post(f"{simulator}/simulator/contacts", json={"channel": channel}) as response:
            phone = f"{simulator}/simulator/contacts/{(await response.json())['id']}"
        after = 0
        for text in MESSAGES:
            start = time.perf_counter()
            async with http.post(f"{phone}/messages", json={"text": text}):
                pass
            query = {"from": "business", "after": str(after), "wait": "30"}
            async with http.get(f"{phone}/chat", params=query) as response:
                after = (await response.json())["next"]
            took.append(time.perf_counter() - start)
            async with http.get(f"{phone}/chat", params={"from": "business", "after": str(after), "wait": "1"}) as rest:
                after = max(after, (await rest.json())["next"])
    show("first reply on the phone", took)


async def main() -> None:
    """Measure inside the engine first, then the running product."""
    set_up_logs()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = db.as_psycopg(db.start_embedded(Path(folder) / "pg"))
        os.environ["DATABASE_URL"] = url.render_as_string(hide_password=False)
        database = db.make_engine(url)
        await migrate(database)
        await load_demo(database, utc_now())
        await turns()
        env = environment(
            free_port(),
            free_port(),
            BOT_DESK_PORT=str(free_port()),
            BOT_STATE_DIR=folder,
            BOT_SIMULATOR="1",  # a process of its own: beside the clock it would be measured along
            DATABASE_URL=os.environ["DATABASE_URL"],
        )
        command = (sys.executable, "-W", "ignore", "-m", "bot", "serve")
        product = await asyncio.create_subprocess_exec(*command, env={**os.environ, **env}, stderr=DEVNULL)
        try:
            while not all((await readiness(database, utc_now())).values()):
                await asyncio.sleep(0.2)
            async with aiohttp.ClientSession() as http:
                await first_reply(http, env["GRAPH_API_URL"])
                await accept(http, env)
        finally:
            product.send_signal(signal.SIGTERM)
            await product.wait()
            await database.dispose()


if __name__ == "__main__":
    asyncio.run(main())
