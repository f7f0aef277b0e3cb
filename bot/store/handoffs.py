"""Handoffs: every transition is a compare-and-set and leaves a history row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import HandoffState, HandoffWish, Json
from bot.store.schema import Agent, Contact, Conversation, Handoff, HandoffHistory

OPEN = (HandoffState.WAITING, HandoffState.CLAIMED)


async def create(
    connection: AsyncConnection, conversation_id: int, wish: HandoffWish, packet: Json, now: datetime
) -> int:
    """Put a conversation into the queue and return the handoff's number."""
    values = {
        "conversation_id": conversation_id,
        "reason": wish.reason,
        "urgent": wish.urgent,
        "packet": packet,
        "created_at": now,
    }
    made = await connection.execute(insert(Handoff).values(**values).returning(Handoff.id))
    handoff_id = made.scalar_one()
    await _history(connection, handoff_id, None, HandoffState.WAITING, None, wish.reason, now)
    return handoff_id


async def open_handoff(connection: AsyncConnection, conversation_id: int) -> tuple[int, HandoffState] | None:
    """Return the number and state of the conversation's waiting or claimed handoff."""
    query = select(Handoff.id, Handoff.state).where(Handoff.conversation_id == conversation_id, Handoff.state.in_(OPEN))
    row = (await connection.execute(query)).first()
    return (row.id, row.state) if row is not None else None


async def move(
    connection: AsyncConnection,
    handoff_id: int,
    expected: HandoffState,
    to: HandoffState,
    agent_id: int | None,
    now: datetime,
    note: str | None = None,
) -> bool:
    """Move a handoff from the expected state to another; False when somebody else was first."""
    values: dict[str, Any] = {"state": to, "agent_id": agent_id}
    if to is HandoffState.CLAIMED:
        values["claimed_at"] = now
    if to in (HandoffState.RELEASED, HandoffState.RESOLVED):
        values |= {"closed_at": now, "outcome": note}
    still = (Handoff.id == handoff_id, Handoff.state == expected)
    changed = await connection.execute(update(Handoff).where(*still).values(**values))
    if changed.rowcount:
        await _history(connection, handoff_id, expected, to, agent_id, note, now)
    return bool(changed.rowcount)


async def _history(
    connection: AsyncConnection,
    handoff_id: int,
    from_state: HandoffState | None,
    to_state: HandoffState,
    agent_id: int | None,
    note: str | None,
    now: datetime,
) -> None:
    values = {
        "handoff_id": handoff_id,
        "from_state": from_state,
        "to_state": to_state,
        "agent_id": agent_id,
        "note": note,
        "at": now,
    }
    await connection.execute(insert(HandoffHistory).values(**values))


async def open_list(connection: AsyncConnection) -> list[Json]:
    """Return waiting and claimed handoffs, urgent ones and those who waited longest first, each with its packet."""
    query = (
        select(
            Handoff.id,
            Handoff.conversation_id,
            Handoff.state,
            Handoff.reason,
            Handoff.urgent,
            Handoff.packet,
            Handoff.created_at,
            Handoff.claimed_at,
            Agent.name.label("agent"),
            Contact.name.label("customer"),
            Conversation.channel,
            Conversation.owner,
            Conversation.language,
            Conversation.last_customer_at,
        )
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Agent, Agent.id == Handoff.agent_id)
        .where(Handoff.state.in_(OPEN))
        .order_by(Handoff.urgent.desc(), Handoff.id)
    )
    return [dict(row._mapping) for row in await connection.execute(query)]


async def position(connection: AsyncConnection, handoff_id: int | None) -> int:
    """Return the place in the queue, 1 = next; for None, the place that a new handoff would get."""
    ahead = select(func.count()).select_from(Handoff).where(Handoff.state == HandoffState.WAITING)
    if handoff_id is not None:
        urgent = select(Handoff.urgent).where(Handoff.id == handoff_id).scalar_subquery()
        earlier = and_(Handoff.urgent == urgent, Handoff.id < handoff_id)
        ahead = ahead.where(or_(Handoff.urgent > urgent, earlier))  # the order of `open_list`
    return (await connection.execute(ahead)).scalar_one() + 1


async def recent_wait_seconds(connection: AsyncConnection, last: int = 20) -> float | None:
    """Return the median time from handoff to claim of the last handoffs, None when there were none."""
    waited = func.extract("epoch", Handoff.claimed_at - Handoff.created_at)
    newest = (
        select(waited.label("seconds"))
        .where(Handoff.claimed_at.is_not(None))
        .order_by(Handoff.id.desc())
        .limit(last)
        .subquery()
    )
    query = select(func.percentile_cont(0.5).within_group(newest.c.seconds.cast(Integer)))
    median = (await connection.execute(query)).scalar()
    return float(median) if median is not None else None
