"""The inbox: duplicates, order, row locks. On a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import Channel, Event, EventKind
from bot.store import inbox
from bot.store.schema import Inbox
from tests.conftest import NOW


def message(external_id: str, address: str = "7001", seconds: float = 0, text: str = "moi") -> Event:
    return Event(
        channel=Channel.MESSENGER,
        account="1029",
        kind=EventKind.MESSAGE,
        external_id=external_id,
        occurred_at=NOW + timedelta(seconds=seconds),
        address=address,
        text=text,
    )


async def add(database: AsyncEngine, *events: Event) -> int:
    async with database.begin() as connection:
        return await inbox.add_events(connection, None, events)


async def test_the_same_event_is_kept_once(database: AsyncEngine) -> None:
    assert await add(database, message("m1"), message("m1"), message("m2")) == 2
    assert await add(database, message("m2"), message("m3")) == 1


async def test_two_copies_at_the_same_time_are_one(database: AsyncEngine) -> None:
    events = [message(f"m{number}", seconds=number) for number in range(30)]
    added = await asyncio.gather(*(add(database, *events[::step]) for step in (1, -1) * 5))
    assert sum(added) == 30


async def test_a_claim_takes_all_open_events_in_metas_order(database: AsyncEngine) -> None:
    await add(database, message("late", seconds=2), message("early", seconds=1))
    await add(database, message("other", "7002"))
    await add(database, message("earliest", seconds=0))
    async with database.begin() as connection:
        items = await inbox.claim_thread(connection, NOW)
    assert [item.event.external_id for item in items] == ["earliest", "early", "late"]


async def test_a_held_thread_is_skipped_whole(database: AsyncEngine) -> None:
    await add(database, message("a1"))
    async with database.begin() as first:
        assert [item.event.external_id for item in await inbox.claim_thread(first, NOW)] == ["a1"]
        await add(database, message("a2", seconds=1))
        async with database.begin() as second:
            assert await inbox.claim_thread(second, NOW) == []
            await add(database, message("b1", "7002"))
            assert [item.event.external_id for item in await inbox.claim_thread(second, NOW)] == ["b1"]


async def test_a_lost_worker_leaves_its_thread_to_others(database: AsyncEngine) -> None:
    await add(database, message("a1"))
    async with database.connect() as connection:
        await connection.begin()
        await inbox.claim_thread(connection, NOW)
        await connection.invalidate()  # as if its process had been killed
    async with database.begin() as connection:
        assert len(await inbox.claim_thread(connection, NOW)) == 1


async def test_a_thread_behind_a_long_backlog_is_found(database: AsyncEngine) -> None:
    await add(database, *(message(f"a{number}", seconds=number) for number in range(3 * inbox.REACH)))
    await add(database, message("b1", "7002"))
    async with database.begin() as first, database.begin() as second:
        assert len(await inbox.claim_thread(first, NOW)) == inbox.MOST_AT_ONCE
        assert [item.event.external_id for item in await inbox.claim_thread(second, NOW)] == ["b1"]


async def test_postponed_events_wait_and_hold_back_only_their_own_thread(database: AsyncEngine) -> None:
    await add(database, message("a1"), message("b1", "7002"))
    async with database.begin() as connection:
        (item,) = await inbox.claim_thread(connection, NOW)
        await inbox.postpone(connection, [item.id], NOW + timedelta(seconds=5), "ValueError")
    await add(database, message("a2", seconds=1))
    async with database.begin() as connection:
        assert [item.event.external_id for item in await inbox.claim_thread(connection, NOW)] == ["b1"]
        await inbox.close(connection, [item.id + 1])
    async with database.begin() as connection:
        assert await inbox.claim_thread(connection, NOW) == []
        later = await inbox.claim_thread(connection, NOW + timedelta(seconds=6))
        assert [(item.event.external_id, item.attempts) for item in later] == [("a1", 1), ("a2", 0)]


async def test_an_event_survives_the_way_through_the_database(database: AsyncEngine) -> None:
    event = message("m1", text="Åbo 🙂 \\u0000 \"'")
    await add(database, event)
    async with database.begin() as connection:
        (item,) = await inbox.claim_thread(connection, NOW)
    assert item.event == event


@pytest.mark.parametrize("kind", [EventKind.OTHER, EventKind.RECEIPT])
async def test_what_is_no_message_is_never_claimed_as_one(database: AsyncEngine, kind: EventKind) -> None:
    await add(database, Event(Channel.WHATSAPP, "1", kind, "x", NOW))
    async with database.begin() as connection:
        assert await inbox.claim_thread(connection, NOW) == []
        assert (await connection.execute(select(func.count()).select_from(Inbox))).scalar() == 1
