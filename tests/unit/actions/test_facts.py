"""What a message adds to what is known."""

from typing import Any

import pytest

from actions.facts import gave_only_details, noted
from tests.unit.actions.conftest import MakeCall, entity, five_digits, slot, user

PLACES = {"Tampereella": "Tampere", "Turussa": "Turku", "Åbo": "Turku", "Tammerfors": "Tampere", "Turku": "Turku"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("siis Tampereella enkä Turussa", "Tampere"),
        ("en Turussa vaan Tampereella", "Tampere"),
        ("ei oo Turku", None),
        ("ei vaan Turussa", "Turku"),
        ("inte i Åbo utan i Tammerfors", "Tampere"),
        ("not Turku", None),
        ("Tampereella, eiku Turussa", "Turku"),
        ("ei, Turussa", "Turku"),
    ],
)
def test_place_meant(call: MakeCall, text: str, place: str | None) -> None:
    entities = [entity("place", surface, text, value) for surface, value in PLACES.items() if surface in text]
    assert noted(call("inform", text, entities=entities)).get("place") == place


@pytest.mark.parametrize(
    ("intent", "slots", "form", "known"),
    [
        ("inform", {}, None, {"postal_code": "33100"}),
        ("inform", {"task": "order"}, None, {"order_number": "33100"}),
        ("inform", {"task": "order"}, "outage_form", {"postal_code": "33100"}),
        ("nlu_fallback", {"task": "outage"}, "order_form", {"order_number": "33100"}),
        ("check_outage", {"task": "order"}, "order_form", {"order_number": "33100"}),
        ("check_order", {}, None, {"order_number": "33100"}),
    ],
)
def test_five_digits_alone_are_what_is_being_asked_for(
    call: MakeCall, intent: str, slots: dict[str, Any], form: str | None, known: dict[str, str]
) -> None:
    after = noted(call(intent, "33100", entities=[five_digits("33100", "33100")], slots=slots, form=form))
    assert {name: after[name] for name in ("postal_code", "order_number") if after.get(name)} == known


@pytest.mark.parametrize(("intent", "kind"), [("check_order", "order_number"), ("check_outage", "postal_code")])
def test_five_digits_in_a_question_are_what_it_is_about(call: MakeCall, intent: str, kind: str) -> None:
    text = "mites tää 33100 nyt on"
    after = noted(
        call(intent, text, entities=[five_digits("33100", text)], form="order_form" if kind == "postal_code" else None)
    )
    assert after[kind] == "33100"


def test_what_the_words_call_a_postal_code_is_one(call: MakeCall) -> None:
    text = "postinumero 33100"
    after = noted(call("inform", text, entities=[entity("postal_code", "33100", text)], slots={"task": "order"}))
    assert after["postal_code"] == "33100"
    assert "order_number" not in after


def test_digits_beside_a_place_are_a_postal_code(call: MakeCall) -> None:
    text = "Tampere 33100"
    both = [entity("place", "Tampere", text), five_digits("33100", text)]
    after = noted(call("inform", text, entities=both, slots={"task": "order"}))
    assert after["postal_code"] == "33100"
    assert "order_number" not in after


def test_only_an_order_number_found_is_taken_as_the_postal_code_asked_for(call: MakeCall) -> None:
    after = noted(call("inform", "33100", entities=[entity("order_number", "33100", "33100")], form="outage_form"))
    assert after["postal_code"] == "33100"
    written_out = entity("order_number", "RT-33100", "RT-33100", "33100")
    after = noted(call("inform", "RT-33100", entities=[written_out], form="outage_form"))
    assert "postal_code" not in after
    assert after["order_number"] == "33100"


def test_denied_lone_number_is_the_right_one(call: MakeCall) -> None:
    after = noted(call("deny", "ei 12346", entities=[entity("order_number", "12346", "ei 12346")]))
    assert after["order_number"] == "12346"


def test_new_place_drops_the_old_postal_code(call: MakeCall) -> None:
    after = noted(call("inform", "Turku", entities=[entity("place", "Turku", "Turku")], slots={"postal_code": "33100"}))
    assert after["place"] == "Turku"
    assert after["postal_code"] is None


def test_topic_is_the_last_task_or_question(call: MakeCall) -> None:
    assert noted(call("report_fault"))["task"] == "fault"
    assert noted(call("faq_offers"))["topic"] == "faq_offers"
    assert "topic" not in noted(call("affirm"))


def test_question_holds_for_the_next_message_only(call: MakeCall) -> None:
    first = [user("complain"), slot("asked", "person")]
    assert noted(call("affirm", before=first))["asked"] == "person"
    assert noted(call("affirm", before=[*first, user("faq_offers"), slot("asked", None)]))["asked"] is None
    assert noted(call("affirm", before=[*first, user("faq_offers")]))["asked"] is None


@pytest.mark.parametrize(("text", "only"), [("33100", True), ("33100.", True), ("siis 33100", False)])
def test_only_details(call: MakeCall, text: str, only: bool) -> None:
    assert gave_only_details(call("inform", text, entities=[entity("postal_code", "33100", text)])) is only


def test_nothing_is_no_detail(call: MakeCall) -> None:
    assert not gave_only_details(call("inform", "..."))
