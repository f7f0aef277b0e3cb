"""A turn that raises: rolled back, tried again, given up with an apology and a person; nobody else waits for it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dialogue.engine import Engine
from bot.model import Owner
from bot.store.handoffs import open_list
from bot.store.schema import Conversation, Inbox, Transcript
from bot.turns import RETRY_SECONDS
from tests.conftest import NOW
from tests.scenarios.product import Product, running_product

TIMES_FASTER = 20
UNREADABLE = {"events": [{"event": "from another world"}]}


@pytest.fixture
async def product(database: AsyncEngine, database_url_object: URL, engine: Engine) -> AsyncIterator[Product]:
    """A running product whose clock runs fast, so that retries are due soon."""
    began = time.monotonic()

    def clock() -> datetime:
        return NOW + timedelta(seconds=TIMES_FASTER * (time.monotonic() - began))

    async with running_product(database, database_url_object, engine, clock) as running:
        yield running


async def test_a_poisoned_conversation_is_given_to_a_person_and_holds_up_nobody(product: Product) -> None:
    poisoned, other = await product.phone(), await product.phone("whatsapp")
    await poisoned.write("moi")
    await poisoned.expects("Revontulen")
    async with product.database.begin() as connection:
        await connection.execute(update(Conversation).values(tracker=UNREADABLE))
    await poisoned.write("mihin asti ootte auki")
    await other.write("mihin asti ootte auki")
    await other.expects("la 10–16")
    said = await poisoned.expects("jono")
    assert "la 10–16" not in said

    async with product.database.connect() as connection:
        attempts = select(func.max(Inbox.attempts))
        assert (await connection.execute(attempts)).scalar_one() == len(RETRY_SECONDS)
        asked = select(func.count()).where(Transcript.text == "mihin asti ootte auki")
        assert (await connection.execute(asked)).scalar_one() == 2  # each customer's once, whatever was rolled back
        (handoff,) = await open_list(connection)
    assert handoff["reason"] == "bot_failed" and handoff["urgent"] and handoff["owner"] is Owner.WAITING
    assert [line["text"] for line in handoff["packet"]["transcript"] if line["author"] == "customer"] == [
        "moi",
        "mihin asti ootte auki",
    ]
