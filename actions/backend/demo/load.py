"""Puts the demo data into a database, for the SQL backend to read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import CreateSchema

from actions.backend import tables
from actions.backend.demo.read import Demo, read_demo
from actions.backend.protocol import Area, Order, Outage

Rows = list[dict[str, Any]]


async def load_demo(engine: AsyncEngine, now: datetime, *, schema: str = "revontuli") -> None:
    """Makes the demo tables anew in `schema` (PostgreSQL) and fills them, times counted from `now`.

    All or nothing, any number of times, also beside readers. Tables of these names in `schema` are dropped: it must
    belong to the demo alone.
    """
    demo = read_demo(now)
    translated = engine.execution_options(schema_translate_map={None: schema}, isolation_level="READ COMMITTED")
    async with translated.begin() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(schema))))  # one loader at a time
        await connection.execute(CreateSchema(schema, if_not_exists=True))
        await connection.run_sync(_make_tables, schema)
        await _fill(connection, demo)


def _make_tables(connection: Connection, schema: str) -> None:
    """Dropped and made, not emptied: the tables of an older version may look different."""
    quote = connection.dialect.identifier_preparer.quote
    there = set(inspect(connection).get_table_names(schema))
    names = [f"{quote(schema)}.{quote(table.name)}" for table in tables.metadata.sorted_tables if table.name in there]
    if names:  # parents first, as readers lock them; drop_all goes the other way and would meet them in a deadlock
        connection.execute(text(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"))
    tables.metadata.drop_all(connection)
    tables.metadata.create_all(connection)


async def _fill(connection: AsyncConnection, demo: Demo) -> None:
    for table, rows in _rows(demo).items():
        await connection.execute(table.insert(), rows)


def _rows(demo: Demo) -> dict[Table, Rows]:
    """Parents before children, as their keys demand."""
    return {
        tables.areas: [{"municipality": a.municipality, "municipality_sv": a.municipality_sv} for a in demo.areas],
        tables.area_postal_codes: [row for area in demo.areas for row in _area_codes(area)],
        tables.outages: [_outage(outage) for outage in demo.outages],
        tables.outage_postal_codes: [row for outage in demo.outages for row in _outage_codes(outage)],
        tables.orders: [_order(order) for order in demo.orders],
        tables.order_lines: [row for order in demo.orders for row in _lines(order)],
        tables.order_events: [row for order in demo.orders for row in _events(order)],
    }


def _area_codes(area: Area) -> Rows:
    return [{"postal_code": code, "municipality": area.municipality} for code in area.postal_codes]


def _outage(outage: Outage) -> dict[str, Any]:
    return {
        "id": outage.id,
        "kind": outage.kind.value,
        "service": outage.service.value,
        "municipality": outage.municipality,
        "state": outage.state.value,
        "cause": outage.cause,
        "started_at": outage.started_at,
        "estimated_end": outage.estimated_end,
        "fixed_at": outage.fixed_at,
        "updated_at": outage.updated_at,
        "latest_update": outage.update,
    }


def _outage_codes(outage: Outage) -> Rows:
    return [{"outage_id": outage.id, "postal_code": code} for code in outage.postal_codes]


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state.value,
        "placed_at": order.placed_at,
        "carrier": order.carrier,
        "tracking_code": order.tracking_code,
        "expected_on": order.expected_on,
        "pickup_place": order.pickup_place,
    }


def _lines(order: Order) -> Rows:
    return [
        {"order_number": order.number, "position": position, "name": x.name, "quantity": x.count, "price": x.price}
        for position, x in enumerate(order.lines, start=1)
    ]


def _events(order: Order) -> Rows:
    return [
        {"order_number": order.number, "position": position, "at": x.at, "state": x.state.value, "note": x.note}
        for position, x in enumerate(order.history, start=1)
    ]
