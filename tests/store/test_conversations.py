"""Contacts by all their ids, conversations, transcripts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import Author, Channel, Event, EventKind, Lookup, Owner, Subscribe
from bot.store import conversations
from bot.store.conversations import ConversationState
from bot.store.schema import Address, Contact, Conversation, Subscription
from tests.conftest import NOW

BSUID, PHONE = "FI.40213377159902618843", "358451239876"


def event(address: str, *aliases: str, account: str = "1063", name: str | None = None) -> Event:
    return Event(Channel.WHATSAPP, account, EventKind.MESSAGE, "x", NOW, address, aliases, name)


async def opened(database: AsyncEngine, what: Event) -> ConversationState:
    async with database.begin() as connection:
        return await conversations.open_conversation(connection, what)


async def count(database: AsyncEngine, table: type[Any]) -> int:
    async with database.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_new_contact_begins_with_the_bot_in_finnish(database: AsyncEngine) -> None:
    state = await opened(database, event(BSUID, PHONE, name="Elli"))
    assert (state.owner, state.language, state.tracker, state.agent_id) == (Owner.BOT, "fi", None, None)
    assert await count(database, Address) == 2


PATHS = {
    "the number first, the BSUID later": [event(PHONE), event(BSUID, PHONE), event(BSUID)],
    "the BSUID first, the number later": [event(BSUID), event(BSUID, PHONE), event(PHONE)],
    "always both": [event(BSUID, PHONE), event(BSUID, PHONE)],
}


@pytest.mark.parametrize("events", PATHS.values(), ids=PATHS)
async def test_all_ids_of_a_person_are_one_contact(database: AsyncEngine, events: list[Event]) -> None:
    states = [await opened(database, one) for one in events]
    assert len({state.id for state in states}) == 1
    assert await count(database, Contact) == await count(database, Conversation) == 1


async def test_replies_go_to_the_newest_address(database: AsyncEngine) -> None:
    await opened(database, event(PHONE))
    await opened(database, event(BSUID, PHONE))
    assert (await opened(database, event(BSUID))).address == BSUID


async def test_accounts_and_channels_are_apart(database: AsyncEngine) -> None:
    first = await opened(database, event(BSUID))
    second = await opened(database, event(BSUID, account="1064"))
    assert (first.id, first.contact_id) != (second.id, second.contact_id)


async def test_first_messages_at_the_same_moment_make_one_contact(database: AsyncEngine) -> None:
    events = [event(BSUID, PHONE), event(PHONE), event(BSUID)] * 5
    states = await asyncio.gather(*(opened(database, one) for one in events))
    assert len({state.id for state in states}) == 1
    assert await count(database, Conversation) == 1


async def test_a_conversation_is_locked_until_the_transaction_ends(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        state = await conversations.open_conversation(connection, event(BSUID))
        await conversations.change_conversation(connection, state.id, language="sv")
        waiting = asyncio.create_task(opened(database, event(BSUID)))
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
    assert (await waiting).language == "sv"


async def test_a_human_conversation_has_an_agent(database: AsyncEngine) -> None:
    state = await opened(database, event(BSUID))
    with pytest.raises(IntegrityError):
        async with database.begin() as connection:
            await conversations.change_conversation(connection, state.id, owner=Owner.HUMAN)


async def test_the_transcript_is_in_order_and_can_be_annotated(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        state = await conversations.open_conversation(connection, event(BSUID))
        lines = [
            await conversations.add_line(connection, state.id, NOW, Author.CUSTOMER, text, {"kept": text})
            for text in ("yksi", "kaksi")
        ]
        await conversations.annotate_line(connection, lines[0], {"intent": "greet"})
        said = await conversations.transcript(connection, state.id)
        assert [line["text"] for line in said] == ["yksi", "kaksi"]
        assert said[0]["content"] == {"kept": "yksi", "intent": "greet"}
        assert await conversations.transcript(connection, state.id, after=lines[0]) == said[1:]


async def test_lookups_are_kept_beside_their_line(database: AsyncEngine) -> None:
    look = Lookup("orders", {"number": "48213"}, {"state": "sent"}, True, NOW, 12.5)
    async with database.begin() as connection:
        state = await conversations.open_conversation(connection, event(BSUID))
        line = await conversations.add_line(connection, state.id, NOW, Author.CUSTOMER, "48213")
        await conversations.add_lookup(connection, state.id, line, look)
        [kept] = await conversations.lookups(connection, state.id)
    assert (kept["transcript_id"], kept["result"], kept["at"]) == (line, {"state": "sent"}, NOW)


async def test_subscribing_twice_is_one_wish(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        state = await conversations.open_conversation(connection, event(BSUID))
        for _ in range(2):
            await conversations.subscribe(connection, state.id, Subscribe("outage", "17", None))
    assert await count(database, Subscription) == 1
