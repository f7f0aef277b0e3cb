"""What the desk shows: who waits, who has what, and one conversation with everything about it. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Author, Channel, DeliveryStatus, HandoffState, Json, Owner
from bot.store.handoffs import OPEN
from bot.store.schema import Agent, Contact, Conversation, Handoff, HandoffHistory, Outbox, Transcript

SPEAKERS = (Author.CUSTOMER, Author.BOT, Author.AGENT, Author.EXTERNAL)


class Shelf(StrEnum):
    """A part of the list of conversations."""

    WAITING = "waiting"
    MINE = "mine"
    ALL = "all"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One conversation in the list; `said` is the customer's last text, `wish` in the desk's languages."""

    conversation_id: int
    contact_id: int
    name: str | None
    channel: Channel
    owner: Owner
    agent: str | None
    agent_id: int | None
    reason: str | None
    urgent: bool
    wish: dict[str, str] | None
    since: datetime | None
    last_customer_at: datetime | None
    last_author: Author | None
    said: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Who a conversation is with and who has it."""

    id: int
    contact_id: int
    name: str | None
    channel: Channel
    owner: Owner
    agent: str | None
    agent_id: int | None
    language: str
    last_customer_at: datetime | None


async def counts(connection: AsyncConnection, agent_id: int) -> dict[Shelf, int]:
    """Return how many conversations each shelf of handoffs holds."""
    mine = func.count().filter(_on_shelf(Shelf.MINE, agent_id))
    waiting = func.count().filter(_on_shelf(Shelf.WAITING, agent_id))
    row = (await connection.execute(select(waiting, mine, func.count()).where(Handoff.state.in_(OPEN)))).one()
    return {Shelf.WAITING: row[0], Shelf.MINE: row[1], Shelf.ALL: row[2]}


async def queue(connection: AsyncConnection, shelf: Shelf, agent_id: int, most: int) -> list[QueueRow]:
    """Return up to `most` conversations: urgent ones and those who waited longest first, the bot's newest first."""
    query = _bots(most) if shelf is Shelf.BOT else _handoffs(shelf, agent_id, most)
    return [QueueRow(*row) for row in await connection.execute(query)]


def _on_shelf(shelf: Shelf, agent_id: int) -> ColumnElement[bool]:
    if shelf is Shelf.MINE:
        return (Handoff.state == HandoffState.CLAIMED) & (Handoff.agent_id == agent_id)
    if shelf is Shelf.WAITING:
        return Handoff.state == HandoffState.WAITING
    return Handoff.state.in_(OPEN)


def _handoffs(shelf: Shelf, agent_id: int, most: int) -> Select[Any]:
    about = (Handoff.reason, Handoff.urgent, Handoff.packet["wish"], Handoff.created_at)
    query = select(*_who(), *about, *_last())
    query = query.join_from(Handoff, Conversation, Conversation.id == Handoff.conversation_id)
    query = query.join(Contact, Contact.id == Conversation.contact_id)
    query = query.outerjoin(Agent, Agent.id == Conversation.agent_id)
    return query.where(_on_shelf(shelf, agent_id)).order_by(Handoff.urgent.desc(), Handoff.id).limit(most)


def _bots(most: int) -> Select[Any]:
    query = select(*_who(), null(), literal(False), null(), Conversation.last_customer_at, *_last())
    query = query.join_from(Conversation, Contact, Contact.id == Conversation.contact_id)
    query = query.outerjoin(Agent, Agent.id == Conversation.agent_id).where(Conversation.owner == Owner.BOT)
    return query.order_by(Conversation.last_customer_at.desc().nulls_last(), Conversation.id.desc()).limit(most)


def _who() -> tuple[Any, ...]:
    talk = Conversation
    return talk.id, talk.contact_id, Contact.name, talk.channel, talk.owner, Agent.name, talk.agent_id


def _last() -> tuple[Any, ...]:
    author = _newest(Transcript.author, Transcript.author.in_(SPEAKERS))
    said = _newest(Transcript.text, Transcript.author == Author.CUSTOMER)
    return Conversation.last_customer_at, author, said


def _newest(column: Any, condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Return a column of the conversation's newest line that fits: one step on the index of the transcript."""
    query = select(column).where(Transcript.conversation_id == Conversation.id, condition)
    return query.order_by(Transcript.id.desc()).limit(1).correlate(Conversation).scalar_subquery()


async def head(connection: AsyncConnection, conversation_id: int) -> Head | None:
    """Return who a conversation is with and who has it, None when there is no such conversation."""
    query = (
        select(*_who(), Conversation.language, Conversation.last_customer_at)
        .join_from(Conversation, Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .where(Conversation.id == conversation_id)
    )
    row = (await connection.execute(query)).first()
    return Head(*tuple(row)) if row is not None else None


async def newest_lines(connection: AsyncConnection, conversation_id: int, most: int) -> list[Json]:
    """Return the newest lines, oldest first: id, at, author, text, content, agent."""
    columns = (Transcript.id, Transcript.at, Transcript.author, Transcript.text, Transcript.content)
    query = select(*columns, Agent.name.label("agent")).outerjoin(Agent, Agent.id == Transcript.agent_id)
    query = query.where(Transcript.conversation_id == conversation_id).order_by(Transcript.id.desc()).limit(most)
    return [dict(row._mapping) for row in reversed((await connection.execute(query)).all())]


async def deliveries(connection: AsyncConnection, lines: Sequence[int]) -> dict[int, list[DeliveryStatus]]:
    """Return for each line where its requests are on their way; long texts go as several."""
    query = select(Outbox.transcript_id, Outbox.status).where(Outbox.transcript_id.in_(lines)).order_by(Outbox.id)
    found: defaultdict[int, list[DeliveryStatus]] = defaultdict(list)
    for line, status in await connection.execute(query):
        if line is not None:
            found[line].append(status)
    return dict(found)


async def newest_handoff(connection: AsyncConnection, conversation_id: int) -> Json | None:
    """Return the conversation's latest handoff with its packet, whatever its state."""
    columns = (Handoff.id, Handoff.state, Handoff.reason, Handoff.urgent, Handoff.packet, Handoff.created_at)
    query = select(*columns).where(Handoff.conversation_id == conversation_id).order_by(Handoff.id.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return dict(row._mapping) if row is not None else None


async def transitions(connection: AsyncConnection, conversation_id: int) -> list[Json]:
    """Return every transition of the conversation's handoffs, oldest first: at, to_state, note."""
    query = (
        select(HandoffHistory.at, HandoffHistory.to_state, HandoffHistory.note)
        .join(Handoff, Handoff.id == HandoffHistory.handoff_id)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(HandoffHistory.id)
    )
    return [dict(row._mapping) for row in await connection.execute(query)]
