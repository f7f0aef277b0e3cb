"""Outages and orders as the customer reads them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from actions import order_words, outage_words
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
from actions.wording import LANGUAGES, Wording
from tests.unit.actions.conftest import NOW

TAMPERE = Area("Tampere", "Tammerfors", ("33100", "33200"))
FAULT = Outage(
    id="V-1",
    kind=OutageKind.FAULT,
    service=Service.BROADBAND,
    municipality="Tampere",
    postal_codes=("33100",),
    state=OutageState.OPEN,
    cause={"fi": "Kaapeli katkesi.", "sv": "En kabel gick av.", "en": "A cable broke."},
    started_at=NOW - timedelta(hours=2),
    estimated_end=NOW + timedelta(hours=2),
    updated_at=NOW - timedelta(minutes=10),
)
ORDER = Order(
    number="12345",
    state=OrderState.DISPATCHED,
    placed_at=NOW - timedelta(days=2),
    lines=(OrderLine("Revontuli Koti 6", 1), OrderLine("Cat6 5 m", 2)),
    history=(
        OrderEvent(NOW - timedelta(days=2), OrderState.RECEIVED),
        OrderEvent(NOW - timedelta(days=1), OrderState.DISPATCHED),
    ),
    carrier="Posti",
    tracking_code="JJFI1",
    expected_on=date(2026, 11, 24),
)


def outage_text(outage: Outage, domain: dict[str, Any], language: str, area: Area = TAMPERE) -> str:
    wording = Wording(domain, language)
    values = outage_words.values_for(outage, area, NOW, wording)
    return wording.text(outage_words.response_for(outage), **values)


def order_text(order: Order, domain: dict[str, Any], language: str) -> str:
    wording = Wording(domain, language)
    return wording.text(order_words.response_for(order), **order_words.values_for(order, NOW, wording))


def test_open_fault(domain: dict[str, Any]) -> None:
    assert outage_text(FAULT, domain, "fi") == (
        "Tampere (33100), laajakaista: vika on tiedossa, ja sitä korjataan.\n"
        "Se alkoi tänään klo 13. Kaapeli katkesi.\n"
        "Arvioimme, että vika on korjattu tänään klo 17.\n"
        "Tieto on päivitetty tänään klo 14.50."
    )
    assert outage_text(FAULT, domain, "sv").startswith("Tammerfors (33100), bredband: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"estimated_end": None}, "Emme vielä tiedä, milloin vika on korjattu."),
        ({"estimated_end": NOW - timedelta(hours=1)}, "Arvioitu aika oli tänään klo 14, mutta työ on vielä kesken."),
        ({"update": {"fi": "Asentajat ovat paikalla."}}, "tänään klo 14.50: Asentajat ovat paikalla."),
        ({"municipality": None, "postal_codes": ()}, "Koko Suomi, laajakaista"),
        ({"state": OutageState.FIXED, "fixed_at": NOW}, "vika korjattiin tänään klo 15."),
        ({"postal_codes": tuple(f"331{n}0" for n in range(10))}, "33170…)"),
    ],
)
def test_fault_says_what_is_known(domain: dict[str, Any], change: dict[str, Any], said: str) -> None:
    assert said in outage_text(replace(FAULT, **change), domain, "fi")


def test_postal_code_given_is_the_one_named(domain: dict[str, Any]) -> None:
    text = outage_text(FAULT, domain, "fi", replace(TAMPERE, postal_code="33100"))
    assert text.startswith("Tampere 33100, laajakaista")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "state"),
    [(kind, state) for kind in OutageKind for state in OutageState if (kind, state) != ("fault", "planned")],
)
def test_every_kind_and_state_has_words(
    domain: dict[str, Any], language: str, kind: OutageKind, state: OutageState
) -> None:
    text = outage_text(replace(FAULT, kind=kind, state=state, fixed_at=NOW), domain, language)
    assert "{" not in text


def test_order_on_its_way(domain: dict[str, Any]) -> None:
    assert order_text(ORDER, domain, "fi") == (
        "Tilaus 12345 on matkalla, lähetetty eilen klo 15. Se on arviolta perillä tiistaina 24.11. "
        "Seuranta: Posti, JJFI1.\n\n"
        "Tilauksessa: 1 × Revontuli Koti 6, 2 × Cat6 5 m.\n"
        "Vaiheet: vastaanotettu 20.11., lähetetty 21.11."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", OrderState)
def test_every_order_state_has_words(domain: dict[str, Any], language: str, state: OrderState) -> None:
    order = replace(ORDER, state=state, history=(*ORDER.history, OrderEvent(NOW, state)))
    text = order_text(order, domain, language)
    assert "12345" in text
    assert "{" not in text
    assert ".." not in text


def test_order_told_with_little_known(domain: dict[str, Any]) -> None:
    bare = replace(ORDER, carrier=None, tracking_code=None, expected_on=None)
    assert "Tarkkaa saapumispäivää emme vielä tiedä." in order_text(bare, domain, "fi")


def test_expected_day_that_passed_is_no_promise(domain: dict[str, Any]) -> None:
    late = replace(ORDER, expected_on=date(2026, 11, 20))
    assert "Sen piti olla perillä perjantaina 20.11." in order_text(late, domain, "fi")


def test_note_of_a_delay_is_told(domain: dict[str, Any]) -> None:
    step = OrderEvent(datetime(2026, 11, 22, 9, tzinfo=NOW.tzinfo), OrderState.DELAYED, {"fi": "Lumimyrsky."})
    delayed = replace(ORDER, state=OrderState.DELAYED, history=(*ORDER.history, step))
    assert "Lumimyrsky." in order_text(delayed, domain, "fi")
