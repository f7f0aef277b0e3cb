"""The demo company's data says what the tour and the other tests count on."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from actions.backend.demo.moments import day, moment
from actions.backend.demo.read import read_demo
from actions.backend.protocol import OrderState, OutageState, Service, Texts
from tests.fakes.backend_server import NOW

DEMO = read_demo(NOW)
TEXTS: list[Texts] = [
    text
    for text in [outage.cause for outage in DEMO.outages]
    + [outage.update for outage in DEMO.outages]
    + [event.note for order in DEMO.orders for event in order.history]
    if text
]


def test_areas_are_many_and_distinct() -> None:
    codes = [code for area in DEMO.areas for code in area.postal_codes]
    assert len(DEMO.areas) >= 40
    assert all(re.fullmatch(r"\d{5}", code) for code in codes)
    assert [code for code, times in Counter(codes).items() if times > 1] == []
    names = [name for area in DEMO.areas for name in {area.municipality, area.municipality_sv}]
    assert len(names) == len(set(names))


def test_outages_are_of_every_kind() -> None:
    assert {outage.state for outage in DEMO.outages} == set(OutageState)
    assert {outage.service for outage in DEMO.outages} == set(Service)
    assert len({outage.id for outage in DEMO.outages}) == len(DEMO.outages) >= 12


def test_outages_lie_in_their_municipality() -> None:
    codes = {area.municipality: set(area.postal_codes) for area in DEMO.areas}
    for outage in DEMO.outages:
        assert outage.municipality is None or set(outage.postal_codes) <= codes[outage.municipality]


def test_times_of_outages_agree_with_their_state() -> None:
    for outage in DEMO.outages:
        assert outage.updated_at <= NOW
        assert (outage.started_at > NOW) is (outage.state is OutageState.PLANNED)
        assert (outage.fixed_at is not None) is (outage.state is OutageState.FIXED)
        assert outage.estimated_end is None or outage.estimated_end > outage.started_at


def test_orders_are_sixty_and_in_every_state() -> None:
    assert len({order.number for order in DEMO.orders}) == len(DEMO.orders) == 60
    assert min(Counter(order.state for order in DEMO.orders)[state] for state in OrderState) >= 3
    assert {len(order.number) for order in DEMO.orders} == {5, 6}


def test_histories_go_forward_to_now() -> None:
    for order in DEMO.orders:
        times = [event.at for event in order.history]
        assert times == sorted(set(times))
        assert times[0] == order.placed_at and times[-1] <= NOW
        assert order.history[0].state is OrderState.RECEIVED
        assert order.expected_on is None or order.expected_on >= NOW.date()


@pytest.mark.parametrize(
    ("number", "state"), [("12345", "dispatched"), ("12346", "delayed"), ("12347", "at_pickup"), ("10001", "received")]
)
def test_the_orders_of_the_tour(number: str, state: str) -> None:
    (order,) = [order for order in DEMO.orders if order.number == number]
    assert order.state.value == state


def test_texts_are_in_three_languages_and_calm() -> None:
    assert all(set(text) == {"fi", "sv", "en"} for text in TEXTS)
    assert not any("!" in said or not said.endswith(".") for text in TEXTS for said in text.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2h30m", NOW - timedelta(hours=2, minutes=30)),
        ("+3h", NOW + timedelta(hours=3)),
        ("-1d1m", NOW - timedelta(days=1, minutes=1)),
        ("+1d 23:30", datetime(2026, 11, 23, 21, 30, tzinfo=UTC)),
        ("-1d 00:15", datetime(2026, 11, 20, 22, 15, tzinfo=UTC)),
    ],
)
def test_relative_times(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "+", "3h", "+3", "+1d 9:00", "+1d25", "tomorrow"])
def test_what_is_not_a_relative_time(text: str) -> None:
    with pytest.raises(ValueError, match="relative time"):
        moment(text, NOW)


def test_a_night_keeps_its_hour_over_the_change_of_clocks() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert moment("+1d 23:30", before) == datetime(2026, 10, 25, 21, 30, tzinfo=UTC)


def test_the_day_is_the_one_in_finland() -> None:
    assert day("+2h", datetime(2026, 11, 22, 21, 0, tzinfo=UTC)).isoformat() == "2026-11-23"
