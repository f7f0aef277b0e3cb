"""A product per test, a loaded model per run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import ROOT
from bot.dialogue.engine import Engine, load_engine
from tests.conftest import NOW
from tests.scenarios.product import Product, running_product


@pytest.fixture(scope="session")
def engine(model_path: Path, demo_backend: URL) -> Engine:
    """The trained model with its actions on the demo company's data."""
    return load_engine(model_path, ROOT)


@pytest.fixture
async def product(database: AsyncEngine, database_url_object: URL, engine: Engine) -> AsyncIterator[Product]:
    """A running product."""
    async with running_product(database, database_url_object, engine) as running:
        yield running


@pytest.fixture
async def monday(database: AsyncEngine, database_url_object: URL, engine: Engine) -> AsyncIterator[Product]:
    """A running product at noon of a Monday, when people are at the desk."""
    async with running_product(database, database_url_object, engine, lambda: NOW) as running:
        yield running
