"""Customers in the database, through the store's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import handoff
from bot.dialogue.voice import Voice
from bot.model import Author, Channel, Event, EventKind, HandoffWish, Json, Lookup, Reply
from bot.store import conversations
from bot.store.schema import Base
from tests.conftest import NOW

WISH = {"fi": "Asiakas kysyy tilauksesta 10473.", "sv": "Kunden frågar om beställning 10473.", "en": "Order 10473."}
_numbers = count(1)


async def customer(
    database: AsyncEngine,
    text: str | None = "missä mun tilaus 10473 on",
    name: str | None = "Matti Korhonen",
    content: Json | None = None,
    at: datetime = NOW,
    lookup: Lookup | None = None,
) -> int:
    """Add a customer who has written and whom the bot has answered; return the conversation's number."""
    number = next(_numbers)
    event = Event(Channel.WHATSAPP, "1", EventKind.MESSAGE, f"wamid.{number}", at, address=f"FI.{number}", name=name)
    async with database.begin() as connection:
        found = await conversations.open_conversation(connection, event)
        line = await conversations.add_line(connection, found.id, at, Author.CUSTOMER, text, content)
        if lookup is not None:
            await conversations.add_lookup(connection, found.id, line, lookup)
        await handoff.say(connection, found, Author.BOT, Reply("Katson sen sinulle."), at)
        await conversations.change_conversation(connection, found.id, last_customer_at=at)
    return found.id


async def waiting(
    database: AsyncEngine, reason: str = "requested", urgent: bool = False, at: datetime = NOW, **options: Any
) -> int:
    """Add a customer who waits for a person."""
    entity = {"entity": "order_number", "value": "10473", "text": "10473"}
    options.setdefault("content", {"intent": "check_order", "entities": [entity]})
    number = await customer(database, at=at, **options)
    async with database.begin() as connection:
        found = await conversations.lock_conversation(connection, number)
        assert found is not None
        wish = HandoffWish(reason, WISH, urgent)
        await handoff.hand_off(connection, found, wish, {"order_number": "10473"}, "fi", at)
    return number


async def taken(database: AsyncEngine, voice: Voice, agent: str = "aino", **options: Any) -> int:
    """Add a customer whom an agent has taken."""
    number = await waiting(database, **options)
    agent_id = next(row["id"] for row in await rows(database, "agent") if row["name"] == agent)
    async with database.begin() as connection:
        await handoff.claim(connection, number, agent_id, agent, voice, NOW)
    return number


async def rows(database: AsyncEngine, table: str) -> Sequence[Json]:
    """Return every row of a table, oldest first."""
    of = Base.metadata.tables[table]
    async with database.connect() as connection:
        found = await connection.execute(select(of).order_by(*of.primary_key.columns))
        return [dict(row._mapping) for row in found]
