"""Nothing grows without end, and whoever waits is let go."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.simulator import state, world
from bot.simulator.feed import Feed
from bot.simulator.state import Contact, Content
from bot.simulator.world import World

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def test_feed_forgets_the_oldest_and_keeps_its_numbers() -> None:
    feed: Feed[str] = Feed(size=3)
    for letter in "abcde":
        feed.append(letter)
    assert feed.since(0) == [(3, "c"), (4, "d"), (5, "e")]
    assert feed.since(4) == [(5, "e")]


async def test_feed_waits_for_what_is_wanted() -> None:
    feed: Feed[int] = Feed()
    waiting = asyncio.create_task(feed.wait(0, 10, lambda item: item % 2 == 0, count=2))
    for number in range(1, 5):
        await asyncio.sleep(0)
        feed.append(number)
    assert await waiting == [(2, 2), (4, 4)]


async def test_feed_gives_what_it_has_when_the_time_is_over_or_it_closes() -> None:
    feed: Feed[int] = Feed()
    feed.append(1)
    assert await feed.wait(0, 0.01, count=2) == [(1, 1)]
    waiting = asyncio.create_task(feed.wait(1, 60))
    await asyncio.sleep(0)
    feed.close()
    assert await waiting == []


async def test_oldest_contact_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "MAX_CONTACTS", 2)
    people = World(lambda: NOW)
    first, *others = [people.new_contact("messenger", {}) for _ in range(3)]
    assert list(people.contacts.values()) == others
    assert people.by_psid(first.psid) is None
    assert people.by_psid(others[0].psid) is others[0]


async def test_long_chat_loses_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_MESSAGES", 2)
    contact = Contact("c1", "messenger", "Aino")
    for letter in "abc":
        contact.add(letter, "customer", Content("text", letter), NOW)
    assert [(message.n, message.id) for message in contact.messages] == [(2, "b"), (3, "c")]
