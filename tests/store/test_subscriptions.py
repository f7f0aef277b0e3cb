"""The promise to tell when an outage is over: kept once, in the customer's language, or not yet; never lost."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.demo.read import read_demo
from actions.backend.protocol import OutageState
from bot.config import ROOT
from bot.dialogue.voice import Voice, load_voice
from bot.errors import ConfigError
from bot.model import Author, Channel, Event, EventKind, Subscribe
from bot.store import conversations
from bot.store.schema import Outbox, Subscription
from bot.subscriptions import Subscriptions
from tests.conftest import NOW
from tests.fakes.memory_backend import MemoryBackend

TAMPERE, WHOLE_COUNTRY = "V-1001", "V-1005"  # broadband, open; online services, fixed
VOICE = load_voice(ROOT)


def backend(*, fixed: bool = True) -> MemoryBackend:
    demo = read_demo(NOW)
    if fixed:
        demo = replace(demo, outages=[replace(outage, state=OutageState.FIXED) for outage in demo.outages])
    return MemoryBackend(demo)


def follower(
    database: AsyncEngine, systems: MemoryBackend, now: datetime = NOW, voice: Voice = VOICE, seconds: float = 4
) -> Subscriptions:
    return Subscriptions(database, systems, voice, lambda: now, seconds)


async def subscribed(
    database: AsyncEngine,
    key: str = TAMPERE,
    *,
    address: str = "7001",
    language: str = "fi",
    until: datetime | None = None,
    heard: datetime | None = NOW,
) -> int:
    """Make a customer who follows an outage and last wrote at `heard`; return his conversation."""
    hello = Event(Channel.MESSENGER, "1029", EventKind.MESSAGE, address, NOW, address)
    async with database.begin() as connection:
        number = (await conversations.open_conversation(connection, hello)).id
        await conversations.change_conversation(connection, number, language=language, last_customer_at=heard)
        await conversations.subscribe(connection, number, Subscribe("outage", key, until))
    return number


async def said(database: AsyncEngine, conversation: int) -> list[str]:
    async with database.connect() as connection:
        return [line["text"] for line in await conversations.transcript(connection, conversation)]


async def still_followed(database: AsyncEngine) -> list[int]:
    async with database.connect() as connection:
        return list((await connection.execute(select(Subscription.conversation_id))).scalars())


async def test_the_end_of_an_outage_is_told_once(database: AsyncEngine) -> None:
    customer = await subscribed(database)
    scheduler = follower(database, backend())
    assert await scheduler.work()
    assert not await scheduler.work()
    [message] = await said(database, customer)
    assert message.startswith("Tässä lupaamani viesti. Tampere, laajakaista: häiriö on nyt ohi.")
    assert await still_followed(database) == []
    async with database.connect() as connection:
        [(author, reply)] = (await connection.execute(select(Outbox.author, Outbox.reply))).all()
    assert (author, reply["text"]) == (Author.SYSTEM, message)


async def test_nothing_is_told_while_it_goes_on(database: AsyncEngine) -> None:
    customer = await subscribed(database)
    assert not await follower(database, backend(fixed=False)).work()
    assert await said(database, customer) == []
    assert await still_followed(database) == [customer]


async def test_several_schedulers_at_once_tell_once(database: AsyncEngine) -> None:
    customers = [await subscribed(database, address=f"70{number}") for number in range(5)]
    await asyncio.gather(*(follower(database, backend()).work() for _ in range(4)))
    assert [len(await said(database, customer)) for customer in customers] == [1] * 5


async def test_an_outage_with_many_followers_is_asked_for_once(database: AsyncEngine) -> None:
    asked: list[str] = []

    class Counting(MemoryBackend):
        async def outage(self, id: str) -> None:
            asked.append(id)

    for number, key in enumerate((TAMPERE, WHOLE_COUNTRY, TAMPERE)):
        await subscribed(database, key, address=f"70{number}")
    await follower(database, Counting(read_demo(NOW))).work()
    assert sorted(asked) == [TAMPERE, WHOLE_COUNTRY]


@pytest.mark.parametrize("silent", [False, True], ids=["down", "silent"])
async def test_a_backend_that_is_away_loses_nothing(database: AsyncEngine, silent: bool) -> None:
    customer = await subscribed(database)
    away = replace(backend(), down=not silent, silent=silent)
    assert not await follower(database, away, seconds=0.05).work()
    assert await said(database, customer) == []
    assert await follower(database, backend()).work()
    assert len(await said(database, customer)) == 1


async def test_a_message_that_cannot_be_written_leaves_the_wish(database: AsyncEngine) -> None:
    customer = await subscribed(database)
    with pytest.raises(ConfigError):
        await follower(database, backend(), voice=Voice({})).work()
    assert await still_followed(database) == [customer]


async def test_an_outage_that_is_not_known_any_more_is_not_called_fixed(database: AsyncEngine) -> None:
    customer = await subscribed(database, "V-0")
    assert await follower(database, backend()).work()
    assert await said(database, customer) == [VOICE.say("utter_outage_unlisted", "fi").text]
    assert await still_followed(database) == []


async def test_a_wish_lapses_silently(database: AsyncEngine, caplog: pytest.LogCaptureFixture) -> None:
    late = await subscribed(database, until=NOW)
    in_time = await subscribed(database, address="7002", until=NOW + timedelta(seconds=1))
    with caplog.at_level(logging.INFO, "bot.subscriptions"):
        assert await follower(database, backend(fixed=False)).work()
    assert await still_followed(database) == [in_time]
    assert await said(database, late) == []
    assert [record.message.split()[-1] for record in caplog.records] == ["lapsed"]


@pytest.mark.parametrize("heard", [None, NOW - timedelta(hours=24)])
async def test_a_closed_window_keeps_the_wish(
    database: AsyncEngine, heard: datetime | None, caplog: pytest.LogCaptureFixture
) -> None:
    customer = await subscribed(database, heard=heard)
    scheduler = follower(database, backend())
    with caplog.at_level(logging.INFO, "bot.subscriptions"):
        assert not await scheduler.work()
        assert not await scheduler.work()
    assert await said(database, customer) == []
    assert [record.message.split(": ")[-1] for record in caplog.records] == ["window closed"]
    async with database.begin() as connection:
        await conversations.change_conversation(connection, customer, last_customer_at=NOW)
    assert await scheduler.work()
    assert len(await said(database, customer)) == 1


WORDS = {
    ("sv", TAMPERE): "Tammerfors, bredband: störningen är nu över.",
    ("en", TAMPERE): "Tampere, broadband: the outage is over.",
    ("fi", WHOLE_COUNTRY): "Koko Suomi, verkkopalvelut: häiriö on nyt ohi.",
    ("sv", WHOLE_COUNTRY): "Hela Finland, webbtjänsterna: störningen är nu över.",
}


@pytest.mark.parametrize(("language", "key"), WORDS)
async def test_it_is_told_in_the_customers_language(database: AsyncEngine, language: str, key: str) -> None:
    customer = await subscribed(database, key, language=language)
    await follower(database, backend()).work()
    [message] = await said(database, customer)
    assert WORDS[language, key] in message
