"""`bot check`: content, configuration and connections, each finding in words with what to do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from bot import app, content
from bot.config import VARIABLES, Settings
from bot.dialogue import training
from bot.errors import ConfigError
from bot.hours import load_hours

RASA_SECONDS = 180


def run_checks(settings: Settings) -> list[str]:
    """Return all that is wrong, the cheapest checks first."""
    return [*_configuration(settings), *asyncio.run(_database(settings)), *_content(settings), *_rasa(settings)]


def _configuration(settings: Settings) -> Iterator[str]:
    missing = [name for name in ("META_APP_SECRET", "META_VERIFY_TOKEN") if not getattr(settings, VARIABLES[name])]
    if missing:
        yield f"{' and '.join(missing)} not set: Meta's webhooks cannot be taken in (.env.example explains both)"
    try:
        app.own_accounts(settings)
    except ConfigError as error:
        yield f"nothing can be sent: {error}"


async def _database(settings: Settings) -> list[str]:
    try:
        async with app.open_database(settings) as (database, _), database.connect() as connection:
            await connection.exec_driver_sql("SELECT 1 FROM inbox LIMIT 1")
    except ConfigError as error:
        return [str(error)]
    except (SQLAlchemyError, OSError) as error:
        return [f"the database does not answer or has no schema ({type(error).__name__}); `bot migrate` makes it"]
    return []


def _content(settings: Settings) -> Iterator[str]:
    yield from content.problems(settings.project)
    try:
        load_hours(settings.project / "data" / "opening_hours.yml")
    except ConfigError as error:
        yield str(error)
    if not training.is_fresh(settings.project):
        yield "the model is missing or older than the content; `bot train` makes it"


def _rasa(settings: Settings) -> Iterator[str]:
    """Rasa's own validator, in a process of its own: it prints instead of answering."""
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "data", "validate", "--fail-on-warnings"]
    done = subprocess.run(command, cwd=settings.project, capture_output=True, text=True, timeout=RASA_SECONDS)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line or "Warning" in line]
        yield "Rasa's validator: " + ("; ".join(lines[-5:]) or "failed; run `rasa data validate` to see why")
