"""What all tests share: a real PostgreSQL, the trained model, the demo company's data."""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

with warnings.catch_warnings():
    # Rasa and what it pins warn about their own age while they are imported; our own warnings are errors.
    warnings.simplefilter("ignore")
    import rasa.core.agent
    import rasa.core.train
    import rasa.model_training  # noqa: F401

import structlog

from actions.backend.demo.load import load_demo
from bot.config import ROOT
from bot.dialogue import training
from bot.store import db
from bot.store.migrate import migrate

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
NOW = datetime(2031, 11, 24, 10, 0, tzinfo=UTC)
"""A Monday noon in Finland: people are at the desk. Far ahead, for rows are due at the database's own time."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> URL:
    """A PostgreSQL server of its own for this run; ends with it.

    Not in pytest's folder: a second run by root closes that to the server's own user.
    """
    folder = Path(tempfile.mkdtemp(prefix="aspa-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # before the server's own: last in, first out
    return db.as_psycopg(db.start_embedded(folder))


@pytest.fixture(scope="session")
def database_url(postgres: URL) -> str:
    """The server's own database, for tests that make their own schema."""
    return postgres.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
async def template(postgres: URL) -> str:
    """A migrated, empty database that others are copied from."""
    await _execute(postgres, "CREATE DATABASE template_aspa")
    engine = db.make_engine(postgres.set(database="template_aspa"))
    await migrate(engine)
    await engine.dispose()
    return "template_aspa"


@pytest.fixture
async def database_url_object(postgres: URL, template: str) -> AsyncIterator[URL]:
    """The URL of a migrated, empty database for one test."""
    name = f"test_{next(_numbers)}"
    await _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres.set(database=name)
    await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url_object: URL) -> AsyncIterator[AsyncEngine]:
    """An engine on a migrated, empty database for one test."""
    engine = db.make_engine(database_url_object, 30)
    yield engine
    await engine.dispose()


async def _execute(url: URL, statement: str) -> None:
    engine = db.make_engine(url, 1)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The model of the project's own content, trained when the content changed."""
    if not training.is_fresh(ROOT):
        subprocess.run([sys.executable, "-W", "ignore", "-m", "bot", "train"], cwd=ROOT, check=True)
    return training.newest_model(ROOT)


@pytest.fixture(scope="session")
async def demo_backend(postgres: URL) -> AsyncIterator[URL]:
    """The demo company's outages and orders in a database that the actions find through DATABASE_URL."""
    await _execute(postgres, "CREATE DATABASE demo_backend")
    url = postgres.set(database="demo_backend")
    engine = db.make_engine(url)
    await load_demo(engine, datetime.now(UTC))
    os.environ["DATABASE_URL"] = url.render_as_string(hide_password=False)
    yield url
    del os.environ["DATABASE_URL"]
    await engine.dispose()
