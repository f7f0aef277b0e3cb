"""Sign-ins and sessions on PostgreSQL, and the passwords behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import Role
from bot.passwords import hash_password, is_password
from bot.store import agents
from tests.conftest import NOW


async def test_a_name_is_taken_once(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        assert await agents.add_agent(connection, "aino", Role.AGENT, "first") is True
        assert await agents.add_agent(connection, "aino", Role.ADMIN, "second") is False
        found = await agents.find_agent(connection, "aino")
        assert found is not None
        assert found[1] == "first"
        assert await agents.find_agent(connection, "Aino") is None


async def test_a_session_lasts_until_its_time_or_its_end(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await agents.add_agent(connection, "aino", Role.AGENT, "hash")
        agent_id = (await agents.find_agent(connection, "aino") or (0, ""))[0]
        for token, hours in (("short", 1), ("long", 12)):
            await agents.start_session(connection, agent_id, token, f"csrf-{token}", NOW + timedelta(hours=hours))
        assert await agents.signed_in(connection, "long", NOW) == agents.SignedIn(
            agent_id, "aino", Role.AGENT, "csrf-long"
        )
        assert await agents.signed_in(connection, "unknown", NOW) is None
        later = NOW + timedelta(hours=1)
        assert await agents.signed_in(connection, "short", later) is None
        await agents.forget_old_sessions(connection, later)
        assert await agents.signed_in(connection, "short", NOW) is None
        await agents.end_session(connection, "long")
        assert await agents.signed_in(connection, "long", NOW) is None


def test_a_password_fits_its_own_hash_only() -> None:
    hashed = hash_password("oikea hevonen niitti")
    assert hashed.startswith("$argon2id$")
    assert hash_password("oikea hevonen niitti") != hashed
    assert is_password(hashed, "oikea hevonen niitti")
    assert not is_password(hashed, "oikea hevonen niitt")


@pytest.mark.parametrize("hashed", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_no_password_fits_nobody_or_a_broken_hash(hashed: str | None) -> None:
    assert not is_password(hashed, "oikea hevonen niitti")
