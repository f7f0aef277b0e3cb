"""Which outages answer a question, and in what order: one rule for every backend."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from actions.backend.protocol import Area, Outage, OutageKind, OutageState

PLANNED_WITHIN = timedelta(days=14)
FIXED_WITHIN = timedelta(hours=24)
# A planned maintenance that should have begun is still told of for a day when no end was given.
PLANNED_WITHOUT_END = timedelta(days=1)

_STATES = (OutageState.OPEN, OutageState.PLANNED, OutageState.FIXED)


def utc_now() -> datetime:
    """The clock of the backends; tests give their own."""
    return datetime.now(UTC)


def relevant(outages: Iterable[Outage], area: Area, service: str | None, now: datetime) -> list[Outage]:
    """Those that touch the area and the service now, soon or just before, most relevant first.

    Open before planned before fixed; then what surely touches the customer before what may, the country last;
    faults before maintenance; the nearest in time.
    """
    chosen = [
        outage
        for outage in outages
        if _touches(outage, area) and _timely(outage, now) and service in (None, outage.service)
    ]
    return sorted(chosen, key=lambda outage: _rank(outage, area))


def _touches(outage: Outage, area: Area) -> bool:
    if outage.municipality is None:
        return True
    if outage.municipality != area.municipality:
        return False
    return not outage.postal_codes or area.postal_code is None or area.postal_code in outage.postal_codes


def _timely(outage: Outage, now: datetime) -> bool:
    if outage.state is OutageState.OPEN:
        return True
    if outage.state is OutageState.FIXED:
        return (outage.fixed_at or outage.updated_at) >= now - FIXED_WITHIN
    end = outage.estimated_end or outage.started_at + PLANNED_WITHOUT_END
    return outage.started_at <= now + PLANNED_WITHIN and end >= now


def _rank(outage: Outage, area: Area) -> tuple[int, int, bool, float, str]:
    as_precise = bool(outage.postal_codes) == (area.postal_code is not None)
    distance = 2 if outage.municipality is None else 0 if as_precise else 1
    if outage.state is OutageState.PLANNED:
        nearness = outage.started_at.timestamp()
    else:
        nearness = -(outage.fixed_at or outage.started_at).timestamp()
    maintenance = outage.kind is OutageKind.MAINTENANCE
    return _STATES.index(outage.state), distance, maintenance, nearness, outage.id
