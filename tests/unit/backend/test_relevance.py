"""Which outages are told of, at the edges of time and place."""

from datetime import timedelta

import pytest

from actions.backend.protocol import Area, Outage, OutageKind, OutageState, Service
from actions.backend.relevance import relevant
from tests.fakes.backend_server import NOW

CITY = Area("Tampere", "Tammerfors", ("33100", "33200"))
CENTRE = Area("Tampere", "Tammerfors", ("33100", "33200"), "33100")
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def outage(
    id: str = "V",
    state: str = "open",
    *,
    place: str | None = "Tampere",
    codes: tuple[str, ...] = (),
    kind: str = "fault",
    started: timedelta = -HOUR,
    end: timedelta | None = None,
    fixed: timedelta | None = None,
    updated: timedelta = -HOUR,
) -> Outage:
    return Outage(
        id=id,
        kind=OutageKind(kind),
        service=Service.BROADBAND,
        municipality=place,
        postal_codes=codes,
        state=OutageState(state),
        cause={"fi": "Vika."},
        started_at=NOW + started,
        estimated_end=None if end is None else NOW + end,
        updated_at=NOW + updated,
        fixed_at=None if fixed is None else NOW + fixed,
    )


@pytest.mark.parametrize(
    ("found", "area", "told"),
    [
        (outage(started=-400 * DAY), CITY, True),
        (outage("V", "fixed", fixed=-DAY), CITY, True),
        (outage("V", "fixed", fixed=-DAY - SECOND), CITY, False),
        (outage("V", "fixed", updated=-DAY - SECOND), CITY, False),  # not said when fixed: the last update
        (outage("V", "fixed", updated=-HOUR), CITY, True),
        (outage("V", "planned", started=14 * DAY, end=15 * DAY), CITY, True),
        (outage("V", "planned", started=14 * DAY + SECOND, end=15 * DAY), CITY, False),
        (outage("V", "planned", started=-HOUR, end=HOUR), CITY, True),  # under way, the state not yet changed
        (outage("V", "planned", started=-HOUR, end=-SECOND), CITY, False),
        (outage("V", "planned", started=-HOUR), CITY, True),
        (outage("V", "planned", started=-DAY - SECOND), CITY, False),
        (outage(place=None), CITY, True),
        (outage(place="Turku"), CITY, False),
        (outage(codes=("33100",)), CITY, True),
        (outage(codes=("33100",)), CENTRE, True),
        (outage(codes=("33200",)), CENTRE, False),
    ],
)
def test_what_is_told(found: Outage, area: Area, told: bool) -> None:
    assert relevant([found], area, None, NOW) == ([found] if told else [])


def test_the_other_service_is_left_out() -> None:
    assert relevant([outage()], CITY, "tv", NOW) == []


@pytest.mark.parametrize(
    ("area", "order"),
    [
        (CITY, ["city-new", "city-old", "city-work", "part", "land", "plan-soon", "plan-late", "fixed-late", "fixed"]),
        (
            CENTRE,
            ["part", "city-new", "city-old", "city-work", "land", "plan-soon", "plan-late", "fixed-late", "fixed"],
        ),
    ],
)
def test_the_most_relevant_comes_first(area: Area, order: list[str]) -> None:
    known = [
        outage("fixed", "fixed", fixed=-5 * HOUR),
        outage("plan-late", "planned", started=9 * DAY),
        outage("land", place=None, started=-SECOND),
        outage("city-work", kind="maintenance", started=-SECOND),
        outage("city-old", started=-9 * HOUR),
        outage("fixed-late", "fixed", fixed=-HOUR),
        outage("part", codes=("33100",), started=-20 * HOUR),
        outage("plan-soon", "planned", started=2 * DAY),
        outage("city-new", started=-HOUR),
    ]
    assert [each.id for each in relevant(known, area, None, NOW)] == order
