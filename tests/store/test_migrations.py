"""The schema is the sum of the migrations, and says what the tables in code say."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import db
from bot.store.migrate import alembic_config, migrate
from bot.store.schema import Base


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def checks(connection: Connection) -> dict[str, int]:
    """Return how many CHECK constraints each table has: Alembic does not compare them."""
    inspector = inspect(connection)
    return {table: len(inspector.get_check_constraints(table)) for table in Base.metadata.tables}


async def test_migrations_and_tables_say_the_same(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(checks)
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
        await connection.run_sync(Base.metadata.create_all)
        assert await connection.run_sync(checks) == migrated
        await connection.rollback()


async def test_a_table_that_no_migration_makes_is_noticed(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox DROP COLUMN problem")
        assert len(await connection.run_sync(differences)) == 1


async def test_coming_up_again_changes_nothing(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql("INSERT INTO contact (name) VALUES ('Elli')")
    await migrate(database)
    async with database.connect() as connection:
        assert (await connection.execute(text("SELECT name FROM contact"))).scalars().all() == ["Elli"]


async def test_two_processes_may_come_up_together(database_url_object: URL) -> None:
    engines = [db.make_engine(database_url_object, 1) for _ in range(3)]
    async with engines[0].begin() as connection:
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
    await asyncio.gather(*(migrate(engine) for engine in engines))
    async with engines[0].connect() as connection:
        assert await connection.run_sync(differences) == []
    for engine in engines:
        await engine.dispose()


async def test_the_migrations_are_one_line(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        scripts = await connection.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)))
        revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    assert scripts.get_heads() == [revision]
    assert len(scripts.get_bases()) == 1
