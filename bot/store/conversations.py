"""Contacts, their addresses, their conversations and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Author, Channel, Event, Json, Lookup, Owner, Subscribe
from bot.store.schema import Address, Contact, Conversation, LookupRow, Subscription, Transcript


@dataclass(frozen=True, slots=True)
class ConversationState:
    """A conversation as a turn finds it."""

    id: int
    contact_id: int
    channel: Channel
    account: str
    address: str
    owner: Owner
    agent_id: int | None
    language: str
    tracker: Json | None
    last_customer_at: datetime | None
    last_external_at: datetime | None


async def open_conversation(connection: AsyncConnection, event: Event) -> ConversationState:
    """Find or make the conversation that the event belongs to and lock it until the transaction ends.

    New ids of a known contact are added to him; the address that replies go to follows the newest event.
    """
    contact_id = await _contact_of(connection, event)
    found = await _locked(connection, contact_id, event)
    if found is None:
        values = {
            "contact_id": contact_id,
            "channel": event.channel,
            "account": event.account,
            "address": event.address,
        }
        await connection.execute(insert_or_ignore(Conversation).on_conflict_do_nothing().values(**values))
        found = await _locked(connection, contact_id, event)
    assert found is not None and event.address is not None
    if found.address != event.address:
        await change_conversation(connection, found.id, address=event.address)
    return found


async def _locked(connection: AsyncConnection, contact_id: int, event: Event) -> ConversationState | None:
    same = (
        Conversation.contact_id == contact_id,
        Conversation.channel == event.channel,
        Conversation.account == event.account,
    )
    return await _lock_where(connection, *same)


async def lock_conversation(connection: AsyncConnection, conversation_id: int) -> ConversationState | None:
    """Lock one conversation until the transaction ends and return it."""
    return await _lock_where(connection, Conversation.id == conversation_id)


async def _lock_where(connection: AsyncConnection, *conditions: Any) -> ConversationState | None:
    columns = [getattr(Conversation, name) for name in ConversationState.__dataclass_fields__]
    # NO KEY: rows that refer to the conversation can still be added by others meanwhile.
    query = select(*columns).where(*conditions).with_for_update(key_share=True)
    row = (await connection.execute(query)).first()
    return ConversationState(*row) if row is not None else None


async def _contact_of(connection: AsyncConnection, event: Event) -> int:
    assert event.address is not None
    ids = (event.address, *event.aliases)
    same_account = (Address.channel == event.channel, Address.account == event.account)
    query = select(Address.external_id, Address.contact_id).where(*same_account, Address.external_id.in_(ids))
    known = {row.external_id: row.contact_id for row in await connection.execute(query)}
    contact_id = next((known[id_] for id_ in ids if id_ in known), None)
    if contact_id is None:
        made = await connection.execute(insert(Contact).values(name=event.name).returning(Contact.id))
        contact_id = made.scalar_one()
    fresh = [id_ for id_ in ids if id_ not in known]
    if not fresh:
        return contact_id
    return await _add_addresses(connection, event, contact_id, fresh)


async def _add_addresses(connection: AsyncConnection, event: Event, contact_id: int, fresh: Sequence[str]) -> int:
    rows = [
        {"contact_id": contact_id, "channel": event.channel, "account": event.account, "external_id": external_id}
        for external_id in sorted(fresh)
    ]
    statement = insert_or_ignore(Address).on_conflict_do_nothing().returning(Address.id)
    added = (await connection.execute(statement, rows)).scalars().all()
    if len(added) == len(rows):
        return contact_id
    return await _contact_of(connection, event)  # another turn made the same contact first: his is the one


async def change_conversation(connection: AsyncConnection, conversation_id: int, **values: Any) -> None:
    """Set columns of a conversation."""
    await connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(**values))


async def add_line(
    connection: AsyncConnection,
    conversation_id: int,
    at: datetime,
    author: Author,
    text: str | None,
    content: Json | None = None,
    agent_id: int | None = None,
) -> int:
    """Add a line to the transcript and return its number."""
    values = {
        "conversation_id": conversation_id,
        "at": at,
        "author": author,
        "text": text,
        "content": content or {},
        "agent_id": agent_id,
    }
    return (await connection.execute(insert(Transcript).values(**values).returning(Transcript.id))).scalar_one()


async def annotate_line(connection: AsyncConnection, line: int, content: Json) -> None:
    """Add to what is kept beside a line."""
    merged = Transcript.content.concat(cast(content, JSONB))
    await connection.execute(update(Transcript).where(Transcript.id == line).values(content=merged))


async def add_lookup(connection: AsyncConnection, conversation_id: int, line: int | None, lookup: Lookup) -> None:
    """Keep a backend query with its result, beside the customer's line that caused it."""
    values = {
        "conversation_id": conversation_id,
        "transcript_id": line,
        "source": lookup.source,
        "query": lookup.query,
        "result": lookup.result,
        "ok": lookup.ok,
        "at": lookup.at,
        "took_ms": lookup.took_ms,
    }
    await connection.execute(insert(LookupRow).values(**values))


async def subscribe(connection: AsyncConnection, conversation_id: int, wish: Subscribe) -> None:
    """Remember that the customer wants to hear about something; asking twice is one wish."""
    values = {"conversation_id": conversation_id, "topic": wish.to, "key": wish.key, "until": wish.until}
    await connection.execute(insert_or_ignore(Subscription).on_conflict_do_nothing().values(**values))


async def transcript(connection: AsyncConnection, conversation_id: int, after: int = 0) -> list[Json]:
    """Return the lines after line `after`, oldest first: id, at, author, text, content, agent_id."""
    query = (
        select(
            Transcript.id, Transcript.at, Transcript.author, Transcript.text, Transcript.content, Transcript.agent_id
        )
        .where(Transcript.conversation_id == conversation_id, Transcript.id > after)
        .order_by(Transcript.id)
    )
    return [dict(row._mapping) for row in await connection.execute(query)]


async def lookups(connection: AsyncConnection, conversation_id: int) -> list[Json]:
    """Return the look-ups of a conversation, oldest first."""
    columns = [
        getattr(LookupRow, name) for name in ("id", "transcript_id", "source", "query", "result", "ok", "at", "took_ms")
    ]
    query = select(*columns).where(LookupRow.conversation_id == conversation_id).order_by(LookupRow.id)
    return [dict(row._mapping) for row in await connection.execute(query)]
