"""Handoffs: one open one a conversation, every move once, every move with its history."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.model import Channel, Event, EventKind, HandoffState, HandoffWish, Role
from bot.store import agents, conversations, handoffs
from bot.store.schema import HandoffHistory
from tests.conftest import NOW

WAITING, CLAIMED, RELEASED, RESOLVED = HandoffState


async def handoff(connection: AsyncConnection, address: str = "7001", urgent: bool = False, minute: int = 0) -> int:
    hello = Event(Channel.MESSENGER, "1029", EventKind.MESSAGE, address, NOW, address)
    conversation = await conversations.open_conversation(connection, hello)
    wish = HandoffWish("asked", {"fi": "Netti ei toimi"}, urgent)
    return await handoffs.create(connection, conversation.id, wish, {"x": 1}, NOW + timedelta(minutes=minute))


async def agent(connection: AsyncConnection) -> int:
    await agents.add_agent(connection, "aino", Role.AGENT, "-")
    found = await agents.find_agent(connection, "aino")
    assert found is not None
    return found[0]


async def test_every_move_leaves_its_history(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        number, who = await handoff(connection), await agent(connection)
        assert await handoffs.move(connection, number, WAITING, CLAIMED, who, NOW)
        assert await handoffs.move(connection, number, CLAIMED, RESOLVED, who, NOW, "korjattu")
        history = (await connection.execute(select(HandoffHistory).order_by(HandoffHistory.id))).all()
    assert [(row.from_state, row.to_state, row.note) for row in history] == [
        (None, WAITING, "asked"),
        (WAITING, CLAIMED, None),
        (CLAIMED, RESOLVED, "korjattu"),
    ]


async def test_a_move_from_another_state_is_refused_without_a_trace(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        number = await handoff(connection)
        assert not await handoffs.move(connection, number, CLAIMED, RESOLVED, None, NOW)
        assert len((await connection.execute(select(HandoffHistory))).all()) == 1


async def test_of_two_agents_one_is_first(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        number, who = await handoff(connection), await agent(connection)

    async def take() -> bool:
        async with database.begin() as connection:
            return await handoffs.move(connection, number, WAITING, CLAIMED, who, NOW)

    assert sorted(await asyncio.gather(*(take() for _ in range(5)))) == [False] * 4 + [True]


async def test_a_conversation_waits_once(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        await handoff(connection)
        with pytest.raises(IntegrityError):
            await handoff(connection)


async def test_after_the_end_there_can_be_another(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        first = await handoff(connection)
        await handoffs.move(connection, first, WAITING, RESOLVED, None, NOW)
        second = await handoff(connection)
        listed = await handoffs.open_list(connection)
    assert [row["id"] for row in listed] == [second]


async def test_the_queue_is_urgent_first_then_by_time(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        early, late = await handoff(connection), await handoff(connection, "7002", minute=1)
        urgent = await handoff(connection, "7003", urgent=True, minute=2)
        assert [row["id"] for row in await handoffs.open_list(connection)] == [urgent, early, late]
        assert await handoffs.position(connection, urgent) == 1
        assert await handoffs.position(connection, early) == 2
        assert await handoffs.position(connection, late) == 3
        assert await handoffs.position(connection, None) == 4


async def test_the_usual_wait_is_the_median_of_the_last(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        assert await handoffs.recent_wait_seconds(connection) is None
        who = await agent(connection)
        for number, seconds in enumerate((900, 60, 120, 180)):
            one = await handoff(connection, f"70{number}")
            await handoffs.move(connection, one, WAITING, CLAIMED, who, NOW + timedelta(seconds=seconds))
        assert await handoffs.recent_wait_seconds(connection, last=3) == 120
