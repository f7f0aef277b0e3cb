"""The same questions to both backends: the same answers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.backend.demo.read import read_demo
from actions.backend.protocol import Area, Backend, OrderState
from tests.fakes.backend_server import NOW

pytestmark = pytest.mark.asyncio
DEMO = read_demo(NOW)

AREAS = [
    ({"place": "Tampere"}, "Tampere", None),
    ({"place": "tampere"}, "Tampere", None),
    ({"place": "JYVÄSKYLÄ"}, "Jyväskylä", None),
    ({"place": "Åbo"}, "Turku", None),
    ({"place": "åbo"}, "Turku", None),
    ({"place": " S:t Michel "}, "Mikkeli", None),
    ({"postal_code": "33100"}, "Tampere", "33100"),
    ({"postal_code": "02700"}, "Kauniainen", "02700"),
    ({"place": "Tampere", "postal_code": "70100"}, "Kuopio", "70100"),
]
UNKNOWN_AREAS = [
    {"place": "Muumilaakso"},
    {"place": "Tamp"},
    {"place": "%"},
    {"place": "  "},
    {"postal_code": "99999"},
    {"postal_code": "3310"},
    {"place": "Tampere", "postal_code": "99999"},
    {"postal_code": "' OR 1=1 --"},
    {},
]
OUTAGES = [
    ("Tampere", "33100", None, ["V-1001", "V-1012"]),
    ("Tampere", "33100", "broadband", ["V-1001"]),
    ("Tampere", "33720", None, ["V-1012"]),
    ("Tampere", "33720", "broadband", []),
    ("Tampere", None, None, ["V-1001", "V-1012"]),
    ("Kuopio", "70100", "mobile", ["V-1002"]),
    ("Turku", None, None, ["V-1003"]),
    ("Oulu", "90100", "tv", ["V-1004"]),
    ("Helsinki", "00100", None, []),
    ("Seinäjoki", None, None, []),  # fixed three days ago
    ("Kokkola", None, None, []),  # planned three weeks ahead
]


@pytest.mark.parametrize(("question", "municipality", "postal_code"), AREAS)
async def test_areas_are_found(
    backend: Backend, question: dict[str, str], municipality: str, postal_code: str | None
) -> None:
    area = await backend.find_area(**question)
    assert area and (area.municipality, area.postal_code) == (municipality, postal_code)
    assert area.postal_codes == next(known for known in DEMO.areas if known.municipality == municipality).postal_codes


@pytest.mark.parametrize("question", UNKNOWN_AREAS)
async def test_what_is_not_an_area_is_not_found(backend: Backend, question: dict[str, str]) -> None:
    assert await backend.find_area(**question) is None


@pytest.mark.parametrize(("municipality", "postal_code", "service", "ids"), OUTAGES)
async def test_outages_of_an_area(
    backend: Backend, municipality: str, postal_code: str | None, service: str | None, ids: list[str]
) -> None:
    area = await backend.find_area(place=None if postal_code else municipality, postal_code=postal_code)
    assert area and area.municipality == municipality
    assert [outage.id for outage in await backend.outages(area, service)] == ids


async def test_an_outage_comes_whole(backend: Backend) -> None:
    area = Area("Tampere", "Tammerfors", ("33100",), "33100")
    (outage,) = await backend.outages(area, "broadband")
    assert outage == await backend.outage("V-1001") == next(known for known in DEMO.outages if known.id == "V-1001")
    assert outage.postal_codes == ("33100", "33180", "33200")
    assert outage.estimated_end == NOW + timedelta(hours=2, minutes=30)
    assert outage.update and outage.update["sv"].startswith("Montörerna")


@pytest.mark.parametrize("id", [outage.id for outage in DEMO.outages])
async def test_every_outage_can_be_followed(backend: Backend, id: str) -> None:
    assert await backend.outage(id) == next(known for known in DEMO.outages if known.id == id)


@pytest.mark.parametrize("id", ["V-9999", "../areas?place=Tampere", "V-1001'"])
async def test_an_unknown_outage_is_none(backend: Backend, id: str) -> None:
    assert await backend.outage(id) is None


async def test_every_order_comes_whole(backend: Backend) -> None:
    for order in DEMO.orders:
        assert await backend.order(order.number) == order


async def test_an_order_on_its_way(backend: Backend) -> None:
    order = await backend.order("12345")
    assert order and order.state is OrderState.DISPATCHED is order.history[-1].state
    assert order.lines[0].price == Decimal("399.00")
    assert (order.carrier, order.expected_on) == ("Posti", date(2026, 11, 24))


@pytest.mark.parametrize("number", ["99999", "1234", "12345 ", "12345/..", "' OR 1=1 --"])
async def test_an_unknown_order_is_none(backend: Backend, number: str) -> None:
    assert await backend.order(number) is None
