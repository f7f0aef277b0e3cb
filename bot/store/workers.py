"""Processes say that they are alive; others can see which kinds are."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import Worker

ALIVE = timedelta(seconds=15)
FORGOTTEN = timedelta(hours=1)


async def report(connection: AsyncConnection, name: str, kind: str, now: datetime) -> None:
    """Say that this worker is alive now."""
    statement = insert(Worker).values(name=name, kind=kind, seen_at=now)
    await connection.execute(statement.on_conflict_do_update(index_elements=[Worker.name], set_={"seen_at": now}))
    await connection.execute(delete(Worker).where(Worker.seen_at < now - FORGOTTEN))


async def sign_off(connection: AsyncConnection, name: str) -> None:
    """Say that this worker ends."""
    await connection.execute(delete(Worker).where(Worker.name == name))


async def kinds_alive(connection: AsyncConnection, now: datetime) -> set[str]:
    """Return the kinds of workers seen lately."""
    query = select(Worker.kind).where(Worker.seen_at > now - ALIVE).distinct()
    return set((await connection.execute(query)).scalars())
