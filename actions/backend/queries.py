"""The SQL backend's statements, and what their rows become."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from actions.backend.protocol import (
    Area,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Outage,
    OutageKind,
    OutageState,
    Service,
)
from actions.backend.relevance import FIXED_WITHIN
from actions.backend.tables import (
    area_postal_codes,
    areas,
    order_events,
    order_lines,
    orders,
    outage_postal_codes,
    outages,
)

Rows = Sequence[Row[Any]]

_AREAS = (
    select(areas, area_postal_codes.c.postal_code)
    .select_from(areas.outerjoin(area_postal_codes, area_postal_codes.c.municipality == areas.c.municipality))
    .order_by(areas.c.municipality, area_postal_codes.c.postal_code)
)
_OUTAGES = (
    select(outages, outage_postal_codes.c.postal_code)
    .select_from(outages.outerjoin(outage_postal_codes, outage_postal_codes.c.outage_id == outages.c.id))
    .order_by(outages.c.id, outage_postal_codes.c.postal_code)
)


def area_by_name(place: str) -> Select[Any]:
    """By the Finnish or Swedish name, as usually spelt, in small letters or in capitals."""
    # Not lower(): what it does to Å, Ä and Ö depends on the database's locale.
    names = {place, place.capitalize(), place.title()}
    return _AREAS.where(or_(areas.c.municipality.in_(names), areas.c.municipality_sv.in_(names)))


def area_by_code(postal_code: str) -> Select[Any]:
    """By one of its postal codes, yet with all of them."""
    wanted = select(area_postal_codes.c.municipality).where(area_postal_codes.c.postal_code == postal_code)
    return _AREAS.where(areas.c.municipality.in_(wanted))


def outages_of(municipality: str, service: str | None, now: datetime) -> Select[Any]:
    """The candidates; `relevant` decides. Old fixed ones stay in the database."""
    ended = func.coalesce(outages.c.fixed_at, outages.c.updated_at)
    query = _OUTAGES.where(
        or_(outages.c.municipality.is_(None), outages.c.municipality == municipality),
        or_(outages.c.state != OutageState.FIXED.value, ended >= now - FIXED_WITHIN),
    )
    return query if service is None else query.where(outages.c.service == service)


def order_with_history(number: str) -> Select[Any]:
    """State and history come from one statement, so they always agree."""
    history = orders.outerjoin(order_events, order_events.c.order_number == orders.c.number)
    event = (order_events.c.at, order_events.c.state.label("event_state"), order_events.c.note)
    query = select(orders, *event).select_from(history).where(orders.c.number == number)
    return query.order_by(order_events.c.at, order_events.c.position)


def outage_by_id(id: str) -> Select[Any]:
    """Whatever its age and state."""
    return _OUTAGES.where(outages.c.id == id)


def lines_of(number: str) -> Select[Any]:
    """The lines of an order, as the customer saw them."""
    return select(order_lines).where(order_lines.c.order_number == number).order_by(order_lines.c.position)


def read_area(rows: Rows, postal_code: str | None) -> Area:
    """The first municipality of the rows, which are one for each of its postal codes."""
    first = rows[0]
    codes = tuple(row.postal_code for row in rows if row.municipality == first.municipality and row.postal_code)
    return Area(first.municipality, first.municipality_sv, codes, postal_code)


def read_outages(rows: Rows) -> list[Outage]:
    """One outage for each id; the rows of one differ in their postal code only."""
    codes: dict[str, list[str]] = {}
    for row in rows:
        codes.setdefault(row.id, []).extend([row.postal_code] if row.postal_code else [])
    first = {row.id: row for row in reversed(rows)}
    return [_outage(first[id], tuple(found)) for id, found in codes.items()]


def _outage(row: Row[Any], postal_codes: tuple[str, ...]) -> Outage:
    return Outage(
        id=row.id,
        kind=OutageKind(row.kind),
        service=Service(row.service),
        municipality=row.municipality,
        postal_codes=postal_codes,
        state=OutageState(row.state),
        cause=row.cause,
        started_at=row.started_at,
        estimated_end=row.estimated_end,
        updated_at=row.updated_at,
        update=row.latest_update,
        fixed_at=row.fixed_at,
    )


def read_order(rows: Rows, lines: Rows) -> Order:
    """The order; `rows` are one for each event."""
    first = rows[0]
    return Order(
        number=first.number,
        state=OrderState(first.state),
        placed_at=first.placed_at,
        lines=tuple(OrderLine(line.name, line.quantity, line.price) for line in lines),
        history=tuple(OrderEvent(row.at, OrderState(row.event_state), row.note) for row in rows if row.at),
        carrier=first.carrier,
        tracking_code=first.tracking_code,
        expected_on=first.expected_on,
        pickup_place=first.pickup_place,
    )
