"""What a handoff tells the agent."""

import pytest

from actions.handoff import hand_off, reason, wish
from tests.unit.actions.conftest import MakeCall, user


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        (
            {"topic": "check_outage", "place": "Tampere", "postal_code": "33100", "service": "tv"},
            {
                "fi": "Asiakas kysyy häiriötilannetta: Tampere 33100, televisio.",
                "sv": "Kunden frågar om störningsläget: Tampere 33100, tv.",
                "en": "The customer asks about faults: Tampere 33100, TV.",
            },
        ),
        ({"topic": "report_fault"}, {"fi": "Asiakkaan yhteys ei toimi: paikka ei tiedossa."}),
        ({"topic": "check_order", "order_number": "12345"}, {"fi": "Asiakas kysyy tilaustaan: 12345."}),
        (
            {"topic": "check_order", "not_found": "99999"},
            {"en": "The customer asks about an order: 99999, which the bot did not find."},
        ),
        (
            {"topic": "faq_opening_hours"},
            {"fi": "Asiakas kysyi aiheesta Aukioloajat ja haluaa jatkaa ihmisen kanssa."},
        ),
        ({}, {"fi": "Asiakas haluaa puhua ihmiselle."}),
    ],
)
def test_wish(call: MakeCall, slots: dict[str, str], said: dict[str, str]) -> None:
    assert said.items() <= wish(call("request_human", slots=slots), "requested").items()


def test_wish_quotes_what_says_something(call: MakeCall) -> None:
    before = [user("faq_x", "sama lasku tuli taas kahdesti"), user("affirm", "joo")]
    made = call("request_human", "/request_human", before=before)
    assert wish(made, "requested")["fi"] == "Asiakas haluaa ihmisen ja kirjoitti: ”sama lasku tuli taas kahdesti”"
    misunderstood = wish(made, "misunderstood")["sv"]
    assert misunderstood == "Boten förstod inte kunden, som skrev: ”sama lasku tuli taas kahdesti”"


def test_long_quote_is_cut(call: MakeCall) -> None:
    assert len(wish(call("request_human", "ai ai " * 200), "requested")["fi"]) < 300


@pytest.mark.parametrize(
    ("slots", "why"),
    [
        ({}, "requested"),
        ({"asked": "person", "offered_for": "angry"}, "angry"),
        ({"asked": "person"}, "offered"),
        ({"asked": "meaning", "offered_for": "angry"}, "requested"),
    ],
)
def test_reason(call: MakeCall, slots: dict[str, str], why: str) -> None:
    assert reason(call("request_human", slots=slots), "requested") == why


@pytest.mark.parametrize(("why", "urgency"), [("angry", "high"), ("requested", "normal")])
def test_urgency(call: MakeCall, why: str, urgency: str) -> None:
    made = call("request_human")
    hand_off(made, why)
    assert made.dispatcher.messages[0]["custom"]["handoff"]["urgency"] == urgency
