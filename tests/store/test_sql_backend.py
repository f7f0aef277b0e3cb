"""The SQL backend and the demo's loader where the database itself matters."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.demo.load import load_demo
from actions.backend.protocol import Area, BackendUnavailable
from actions.backend.sql import SqlBackend, open_engine
from tests.fakes.backend_server import NOW

pytestmark = pytest.mark.asyncio
SCHEMA = "backend_test"
TAMPERE = Area("Tampere", "Tammerfors", ("33100",))


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The database with freshly loaded demo data."""
    opened = open_engine(database_url)
    await load_demo(opened, NOW, schema=SCHEMA)
    yield opened
    await run(opened, f"DROP SCHEMA {SCHEMA} CASCADE")
    await opened.dispose()


@pytest.fixture
def backend(engine: AsyncEngine) -> SqlBackend:
    return SqlBackend(engine, schema=SCHEMA, clock=lambda: NOW, time_limit=0.5)


async def run(engine: AsyncEngine, *statements: str) -> None:
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def fails(backend: SqlBackend) -> BackendUnavailable:
    with pytest.raises(BackendUnavailable) as caught:
        await backend.order("12345")
    return caught.value


async def test_loading_again_changes_nothing_but_the_times(engine: AsyncEngine, backend: SqlBackend) -> None:
    before = await backend.outage("V-1001")
    await load_demo(engine, NOW + timedelta(hours=5), schema=SCHEMA)
    after = await backend.outage("V-1001")
    assert before and after and after.started_at - before.started_at == timedelta(hours=5)
    async with engine.connect() as connection:
        count = await connection.execute(text(f"SELECT count(*) FROM {SCHEMA}.orders"))
        assert count.scalar_one() == 60


async def test_loading_is_all_or_nothing(engine: AsyncEngine, backend: SqlBackend) -> None:
    before = await backend.outage("V-1001")
    # A view is in the way of dropping the orders, when their lines are already gone.
    await run(engine, f"CREATE VIEW {SCHEMA}.in_the_way AS SELECT number FROM {SCHEMA}.orders")
    with pytest.raises(DBAPIError):
        await load_demo(engine, NOW + timedelta(hours=5), schema=SCHEMA)
    assert await backend.outage("V-1001") == before
    assert await backend.order("12345") is not None


async def test_readers_and_loaders_stand_each_other(engine: AsyncEngine) -> None:
    backend = SqlBackend(engine, schema=SCHEMA, clock=lambda: NOW, time_limit=30)

    async def ask() -> bool:
        return await backend.order("12345") is not None and await backend.find_area(postal_code="33100") is not None

    loads = [load_demo(engine, NOW, schema=SCHEMA) for _ in range(3)]
    answers = await asyncio.gather(*loads, *(ask() for _ in range(60)))
    assert answers[3:] == [True] * 60


async def test_a_locked_table_is_not_waited_for(engine: AsyncEngine, backend: SqlBackend) -> None:
    async with engine.execution_options(isolation_level="READ COMMITTED").begin() as other:
        await other.execute(text(f"LOCK TABLE {SCHEMA}.orders IN ACCESS EXCLUSIVE MODE"))
        errors = await asyncio.gather(*(fails(backend) for _ in range(12)))
    assert {(error.operator, error.retryable) for error in errors} == {("the backend's database took over 0.5 s", True)}
    assert await backend.order("12345") is not None


async def test_a_connection_that_the_server_closed_is_replaced(engine: AsyncEngine, backend: SqlBackend) -> None:
    await backend.order("12345")
    other = open_engine(engine.url.render_as_string(hide_password=False))
    await run(
        other,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE pid <> pg_backend_pid() AND query LIKE '%{SCHEMA}.order%'",
    )
    await other.dispose()
    assert await backend.order("12345") is not None


async def test_missing_tables_are_the_operators_matter(engine: AsyncEngine) -> None:
    error = await fails(SqlBackend(engine, schema="nowhere"))
    assert (error.operator, error.retryable) == ("the backend's database failed: UndefinedTable", False)


async def test_no_database_is_passing_trouble() -> None:
    backend = SqlBackend(open_engine("postgresql://reader:s3cret@127.0.0.1:1/shop"))
    error = await fails(backend)
    assert (error.operator, error.retryable) == ("the backend's database failed: OperationalError", True)
    await backend.close()


@pytest.mark.parametrize(
    "change",
    ["UPDATE {0}.orders SET state = 'teleported'", "UPDATE {0}.order_events SET state = '' WHERE position = 2"],
)
async def test_words_that_the_protocol_does_not_know(engine: AsyncEngine, backend: SqlBackend, change: str) -> None:
    await run(engine, change.format(SCHEMA))
    error = await fails(backend)
    assert "hold a bad value" in error.operator
    assert not error.retryable


async def test_views_of_a_companys_own_tables_do(engine: AsyncEngine) -> None:
    """Other names below, text instead of JSON, local time without a zone: the views make it right."""
    await run(
        engine,
        f"CREATE TABLE {SCHEMA}.faults (nr int, town text, begun timestamp, reason text)",
        f"INSERT INTO {SCHEMA}.faults VALUES (7, 'Tampere', '2026-11-22 14:30', 'Kaivinkone')",
        f"CREATE SCHEMA {SCHEMA}_views",
        f"""CREATE VIEW {SCHEMA}_views.outages AS SELECT 'F' || nr AS id, 'fault' AS kind, 'broadband' AS service,
            town AS municipality, 'open' AS state, json_build_object('fi', reason) AS cause,
            begun AT TIME ZONE 'Europe/Helsinki' AS started_at, NULL::timestamptz AS estimated_end,
            NULL::timestamptz AS fixed_at, begun AT TIME ZONE 'Europe/Helsinki' AS updated_at,
            NULL::json AS latest_update FROM {SCHEMA}.faults""",
        f"CREATE VIEW {SCHEMA}_views.outage_postal_codes AS SELECT 'F' || nr AS outage_id, '33100' AS postal_code"
        f" FROM {SCHEMA}.faults",
    )
    (outage,) = await SqlBackend(engine, schema=f"{SCHEMA}_views", clock=lambda: NOW).outages(TAMPERE)
    assert (outage.id, outage.postal_codes, outage.cause) == ("F7", ("33100",), {"fi": "Kaivinkone"})
    assert outage.started_at == NOW - timedelta(minutes=30)
    await run(engine, f"DROP SCHEMA {SCHEMA}_views CASCADE")
