"""Customers' wishes to hear about something when it changes: who waits for what, and who has waited long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import Subscription


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish that is still open. `key` says what of the topic it is about."""

    id: int
    conversation_id: int
    key: str


async def waiting(connection: AsyncConnection, topic: str) -> list[Waiting]:
    """Return the open wishes of a topic, oldest first."""
    columns = (Subscription.id, Subscription.conversation_id, Subscription.key)
    query = select(*columns).where(Subscription.topic == topic).order_by(Subscription.id)
    return [Waiting(*row) for row in await connection.execute(query)]


async def take(connection: AsyncConnection, subscription_id: int) -> bool:
    """Remove a wish in order to fulfil it; False when another process has done so or is doing so."""
    return bool(await _remove(connection, Subscription.id == subscription_id))


async def remove_lapsed(connection: AsyncConnection, topic: str, now: datetime) -> Sequence[int]:
    """Remove the wishes whose time is over and return their numbers."""
    return await _remove(connection, Subscription.topic == topic, Subscription.until <= now)


async def _remove(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> Sequence[int]:
    free = select(Subscription.id).where(*conditions).with_for_update(skip_locked=True)
    statement = delete(Subscription).where(Subscription.id.in_(free)).returning(Subscription.id)
    return (await connection.execute(statement)).scalars().all()
