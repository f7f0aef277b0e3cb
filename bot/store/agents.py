"""Sign-ins of the desk and the browsers that are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Role
from bot.store.schema import Agent, AgentSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An agent with the session of his browser."""

    id: int
    name: str
    role: Role
    csrf: str


async def add_agent(connection: AsyncConnection, name: str, role: Role, password_hash: str) -> bool:
    """Add a sign-in; False when the name is taken."""
    statement = insert_or_ignore(Agent).on_conflict_do_nothing().returning(Agent.id)
    added = await connection.execute(statement.values(name=name, role=role, password_hash=password_hash))
    return added.first() is not None


async def find_agent(connection: AsyncConnection, name: str) -> tuple[int, str] | None:
    """Return number and password hash of a sign-in."""
    row = (await connection.execute(select(Agent.id, Agent.password_hash).where(Agent.name == name))).first()
    return (row.id, row.password_hash) if row is not None else None


async def start_session(
    connection: AsyncConnection, agent_id: int, token_hash: str, csrf: str, expires_at: datetime
) -> None:
    """Remember a signed-in browser."""
    values = {"agent_id": agent_id, "token_hash": token_hash, "csrf": csrf, "expires_at": expires_at}
    await connection.execute(insert(AgentSession).values(**values))


async def signed_in(connection: AsyncConnection, token_hash: str, now: datetime) -> SignedIn | None:
    """Return whose session a token is, None when it is unknown or over."""
    query = (
        select(Agent.id, Agent.name, Agent.role, AgentSession.csrf)
        .join(AgentSession, AgentSession.agent_id == Agent.id)
        .where(AgentSession.token_hash == token_hash, AgentSession.expires_at > now)
    )
    row = (await connection.execute(query)).first()
    return SignedIn(row.id, row.name, row.role, row.csrf) if row is not None else None


async def end_session(connection: AsyncConnection, token_hash: str) -> None:
    """Sign a browser out."""
    await connection.execute(delete(AgentSession).where(AgentSession.token_hash == token_hash))


async def forget_old_sessions(connection: AsyncConnection, now: datetime) -> None:
    """Delete the sessions whose time is over."""
    await connection.execute(delete(AgentSession).where(AgentSession.expires_at <= now))
