"""The demo: Revontuli's data, sign-ins, a trained model, and everything running on this machine."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.demo.load import load_demo
from bot import app
from bot.app import DEMO_SIGN_INS
from bot.clock import utc_now
from bot.config import ROOT, Settings, from_environment
from bot.passwords import hash_password
from bot.store.agents import add_agent
from bot.store.migrate import migrate
from bot.supervisor import supervise

READY_SECONDS = 120.0
console = Console(stderr=True)


async def run_demo() -> None:
    """Set up what is missing, run everything, and say where to look."""
    env = demo_environment(ROOT)
    os.environ.update(env)
    settings = from_environment({**os.environ})
    async with app.open_database(settings) as (database, _):
        console.print("[1/3] database and demo data")
        await migrate(database)
        await load_demo(database, utc_now())
        await _add_sign_ins(database, env["BOT_DEMO_PASSWORD"])
        console.print("[2/3] model (about half a minute when the content changed)")
        await _train()
        console.print("[3/3] starting")
        await asyncio.gather(supervise(settings, env), _say_when_ready(settings, database, env))


def demo_environment(project: Path) -> dict[str, str]:
    """Return the demo's own settings; secrets are made once and kept in the state folder."""
    kept = project / ".aspa" / "demo.env"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text("\n".join(f"{name}={secrets.token_urlsafe(9)}" for name in SECRETS) + "\n")
    own = dict(line.split("=", 1) for line in kept.read_text().splitlines() if "=" in line)
    port = os.environ.get("BOT_SIMULATOR_PORT", "8082")
    return {
        **own,
        "GRAPH_API_URL": f"http://127.0.0.1:{port}",
        "MESSENGER_PAGE_ID": "102938475610293",
        "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
        "BOT_SIMULATOR": "1",
        "BOT_SEND_UNKNOWN_SECONDS": os.environ.get("BOT_SEND_UNKNOWN_SECONDS", "5"),
    }


SECRETS = ("META_APP_SECRET", "META_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN", "WHATSAPP_TOKEN", "BOT_DEMO_PASSWORD")


async def _add_sign_ins(database: AsyncEngine, password: str) -> None:
    async with database.begin() as connection:
        for name, role in DEMO_SIGN_INS:
            await add_agent(connection, name, role, await asyncio.to_thread(hash_password, password))


async def _train() -> None:
    """Train in a process of its own, so that what training needs in memory is given back."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "train", "--if-needed")
    if await process.wait() != 0:
        raise SystemExit("the model could not be trained; see the messages above")


async def _say_when_ready(settings: Settings, database: AsyncEngine, env: Mapping[str, str]) -> None:
    from bot.health import readiness

    async with asyncio.timeout(READY_SECONDS):
        while not all((await readiness(database, utc_now())).values()):
            await asyncio.sleep(0.3)
    table = Table(title="Aspa is running", show_header=False, title_justify="left")
    table.add_row("phones (start here)", f"http://{settings.host}:{settings.simulator_port}/")
    table.add_row("desk", f"http://{settings.host}:{settings.desk_port}/")
    table.add_row("webhooks", f"http://{settings.host}:{settings.gateway_port}/webhooks/messenger, /webhooks/whatsapp")
    for name, role in DEMO_SIGN_INS:
        table.add_row(f"sign-in ({role})", f"{name}  {env['BOT_DEMO_PASSWORD']}")
    console.print(table)
    console.print("Ctrl-C ends it. `make demo` starts it again with everything as it was.")
