"""Whole conversations on the real domain, rules, forms and actions; what the NLU would say is given."""

import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.test import test as rasa_test

from actions.backend.demo.read import Demo, read_demo
from actions.lookups import connection
from tests.fakes.memory_backend import MemoryBackend
from tests.project.talk import InProcess, Talk, schema_compiled_once

HUMAN = "/request_human"


@pytest.fixture(scope="session")
def agent(model_path: Path) -> Iterator[Agent]:
    """The project's own model; its pipeline is not used, for every message is given as parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Rasa warns about its own age while it loads
        loaded = Agent.load(model_path, action_endpoint=InProcess())
    with schema_compiled_once():
        yield loaded


@pytest.fixture(scope="session")
def demo() -> Demo:
    return read_demo(datetime.now(UTC))


@pytest.fixture
def backend(demo: Demo) -> Iterator[MemoryBackend]:
    memory = MemoryBackend(demo)
    connection.use(memory)
    yield memory
    connection.use(None)


@pytest.fixture
def talk(agent: Agent, backend: MemoryBackend) -> Talk:
    return Talk(agent, str(uuid.uuid4()))


async def test_outage_by_inflected_city_then_how_long(talk: Talk) -> None:
    asked = await talk.say("report_fault", "mul ei toimi netti", service=("netti", "broadband"))
    assert asked.used == ["utter_ask_area"]
    told = await talk.say("inform", "tampereel", place=("tampereel", "Tampere"))
    assert told.used == ["utter_fault_open", "utter_offer_to_follow"]
    assert "33100, 33180, 33200" in told.text
    assert "Valokuitukaapeli katkesi" in told.text
    later = await talk.say("check_outage", "kauanko siin viel menee")
    assert later.used == ["utter_fault_goes_on"]
    assert "Arvioimme, että vika on korjattu" in later.text


@pytest.mark.parametrize("intent", ["ask_wait_time", "nlu_fallback"])
async def test_half_said_follow_up_is_about_the_outage_just_told(talk: Talk, intent: str) -> None:
    await talk.say("check_outage", "onko Tampereella vikaa", place=("Tampereella", "Tampere"))
    later = await talk.say(intent, "kauan viel", ranking=[(intent, 0.4), ("check_outage", 0.3)])
    assert later.used == ["utter_fault_goes_on"]


async def test_waiting_time_is_the_queue_when_no_outage_was_told(talk: Talk) -> None:
    await talk.say("thank", "kiitti")
    answer = await talk.say("ask_wait_time", "kauan jono on", ranking=[("ask_wait_time", 0.4), ("check_outage", 0.3)])
    assert answer.effects("wait_time") == [{}]


async def test_every_lookup_is_recorded(talk: Talk) -> None:
    told = await talk.say("check_outage", "onko 33100 vikaa", postal_code="33100")
    areas, outages = told.effects("lookup")
    assert areas["source"] == "areas"
    assert areas["result"] == {"municipality": "Tampere", "postal_code": "33100"}
    assert outages["ok"]
    assert outages["took_ms"] >= 0
    assert [outage["id"] for outage in outages["result"]["outages"]][:1] == ["V-1001"]


async def test_yes_to_the_offer_subscribes_and_a_second_wish_is_no_news(talk: Talk) -> None:
    await talk.say("check_outage", "onko Tampereella vikaa", place=("Tampereella", "Tampere"))
    yes = await talk.say("affirm", "joo")
    assert [effect["key"] for effect in yes.effects("subscribe")] == ["V-1001"]
    again = await talk.say("notify_when_fixed", "ilmota ku toimii")
    assert again.used == ["utter_follows_already"]
    # Asked for again all the same: the first consent may have been used up, and the product keeps one a fault.
    assert [effect["key"] for effect in again.effects("subscribe")] == ["V-1001"]


async def test_wish_to_be_told_without_an_area_asks_for_it(talk: Talk) -> None:
    asked = await talk.say("notify_when_fixed", "ilmota ku netti toimii", service=("netti", "broadband"))
    assert asked.used == ["utter_ask_area"]
    done = await talk.say("inform", "33100", postal_code="33100")
    assert [effect["key"] for effect in done.effects("subscribe")] == ["V-1001"]


async def test_no_after_the_offer_subscribes_nothing(talk: Talk) -> None:
    await talk.say("check_outage", "onko Tampereella vikaa", place=("Tampereella", "Tampere"))
    no = await talk.say("deny", "ei tarvi")
    assert no.used == ["utter_no_subscription"]
    assert not no.effects("subscribe")


async def test_no_outage_for_a_reported_fault_gives_first_aid_and_a_person(talk: Talk) -> None:
    answer = await talk.say("report_fault", "netti poikki 00100", postal_code="00100", service=("netti", "broadband"))
    assert answer.used == ["utter_no_outage_for_fault", "utter_first_aid_broadband"]
    yes = await talk.say("affirm", "joo")
    assert [handoff["reason"] for handoff in yes.effects("handoff")] == ["fault"]


async def test_fault_in_another_service_is_told_too(talk: Talk) -> None:
    answer = await talk.say(
        "check_outage", "onko Kuopiossa netti poikki", place=("Kuopiossa", "Kuopio"), service=("netti", "broadband")
    )
    assert answer.used[:2] == ["utter_no_outage_in_service", "utter_fault_open"]


async def test_two_places_and_one_denied(talk: Talk) -> None:
    await talk.say("check_outage", "onko Turussa vikaa", place=("Turussa", "Turku"))
    places = [("Tampereella", "Tampere"), ("Turussa", "Turku")]
    answer = await talk.say("inform", "siis Tampereella enkä Turussa", place=places)
    assert answer.used[0] == "utter_fault_open"
    assert "Tampere" in answer.text


async def test_unknown_postal_code_never_means_no_outage(talk: Talk) -> None:
    first = await talk.say("check_outage", "onko vikaa 99999", number="99999")
    assert first.used == ["utter_unknown_postal_code"]
    assert "99999" in first.text
    assert await talk.form() == "outage_form"
    second = await talk.say("inform", "00001", postal_code="00001")
    assert second.used == ["utter_area_given_up"]
    assert await talk.form() is None
    yes = await talk.say("affirm", "kyllä")
    handoff = yes.effects("handoff")[0]
    assert handoff["reason"] == "misunderstood"
    assert await talk.slot("place") is None


async def test_known_area_after_an_unknown_one(talk: Talk) -> None:
    await talk.say("check_outage", "onko vikaa 99999", postal_code="99999")
    answer = await talk.say("inform", "siis 33100", postal_code="33100")
    assert answer.used[0] == "utter_fault_open"


async def test_unrecognised_place_is_asked_again_then_a_person(talk: Talk) -> None:
    await talk.say("check_outage", "onko vikaa")
    assert (await talk.say("nlu_fallback", "Mordorissa")).used == ["utter_ask_area_unclear"]
    assert (await talk.say("out_of_scope", "Mordorissa siis")).used == ["utter_area_given_up"]


async def test_postal_code_alone_is_looked_up(talk: Talk) -> None:
    answer = await talk.say("inform", "33100", number="33100")
    assert answer.used[0] == "utter_fault_open"


async def test_order_number_given_later_wrong_then_corrected(talk: Talk) -> None:
    assert (await talk.say("check_order", "missä mun paketti")).used == ["utter_ask_order"]
    wrong = await talk.say("inform", "99999", number="99999")
    assert wrong.used == ["utter_order_not_found"]
    assert "RT-12345" in wrong.text
    right = await talk.say("deny", "eiku 10001", number="10001")
    assert right.used == ["utter_order_received"]
    assert "10001" in right.text


async def test_order_number_wrong_twice_offers_a_person_who_sees_it(talk: Talk) -> None:
    await talk.say("check_order", "missä tilaus 99999", order_number="99999")
    again = await talk.say("inform", "99998", order_number="99998")
    assert again.used == ["utter_order_not_found_again"]
    handoff = (await talk.say("affirm", "joo")).effects("handoff")[0]
    assert handoff["reason"] == "order"
    assert "99998" in handoff["wish"]["fi"]
    assert "99998" in handoff["wish"]["sv"]


async def test_correction_after_the_answer(talk: Talk) -> None:
    await talk.say("check_order", "missä 10001", order_number="10001")
    answer = await talk.say("deny", "eiku 10004", number="10004")
    assert answer.used == ["utter_order_paid"]


async def test_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("check_order", "missä mun paketti")
    first = await talk.say("faq_opening_hours", "mihin asti ootte auki")
    assert first.used == ["utter_faq_opening_hours", "utter_ask_order_interrupted"]
    second = await talk.say("faq_offers", "entä tarjoukset")
    assert second.used == ["utter_faq_offers"]
    assert await talk.form() is None
    assert (await talk.say("inform", "RT-10001", order_number=("RT-10001", "10001"))).used == ["utter_order_received"]


async def test_detail_inside_a_question_in_the_middle_is_kept(talk: Talk) -> None:
    await talk.say("check_order", "missä mun paketti")
    answer = await talk.say("faq_cancel_order", "voinko perua tilauksen 10001", order_number="10001")
    assert answer.used == ["utter_faq_cancel_order", "utter_order_received"]


async def test_never_mind_ends_the_form(talk: Talk) -> None:
    await talk.say("check_outage", "onko vikaa")
    assert (await talk.say("deny", "antaa olla")).used == ["utter_dropped"]
    assert await talk.form() is None


async def test_another_task_takes_over_the_form(talk: Talk) -> None:
    await talk.say("check_order", "missä mun paketti")
    answer = await talk.say("check_outage", "tai onko Tampereella vikaa", place=("Tampereella", "Tampere"))
    assert answer.used[0] == "utter_fault_open"
    assert await talk.form() is None


async def test_angry_customer_is_offered_a_person(talk: Talk) -> None:
    calm = await talk.say("complain", "ihan surkeeta toimintaa taas")
    assert calm.used == ["utter_calm"]
    assert calm.buttons == [HUMAN]
    handoff = (await talk.say("affirm", "no joo")).effects("handoff")[0]
    assert handoff["reason"] == "angry"
    assert handoff["urgency"] == "high"
    assert "surkeeta" in handoff["wish"]["fi"]


async def test_angry_customer_may_go_on_without_a_person(talk: Talk) -> None:
    await talk.say("complain", "ihan surkeeta")
    assert (await talk.say("deny", "en halua")).used == ["utter_no_person"]
    yes = await talk.say("affirm", "joo")
    assert yes.used == ["utter_affirm"]
    assert not yes.effects("handoff")


async def test_person_at_once(talk: Talk) -> None:
    answer = await talk.say("request_human", "asiakaspalvelija")
    assert [handoff["reason"] for handoff in answer.effects("handoff")] == ["requested"]
    assert not answer.used


async def test_person_at_once_inside_a_form_even_with_a_detail(talk: Talk) -> None:
    await talk.say("check_outage", "onko vikaa")
    answer = await talk.say("request_human", "ihminen, oon Tampereella", place=("Tampereella", "Tampere"))
    handoff = answer.effects("handoff")[0]
    assert handoff["wish"]["fi"] == "Asiakas kysyy häiriötilannetta: Tampere."
    assert await talk.form() is None
    assert not answer.used


async def test_offer_holds_for_one_message_only(talk: Talk) -> None:
    await talk.say("complain", "ihan surkeeta")
    await talk.say("faq_offers", "onks tarjouksia")
    assert not (await talk.say("affirm", "joo")).effects("handoff")


async def test_swedish_in_the_middle_of_finnish(talk: Talk) -> None:
    await talk.say("greet", "moi")
    swedish = await talk.say("check_outage", "finns det fel på nätet i Åbo", language="sv", place=("Åbo", "Turku"))
    assert swedish.text.startswith("Åbo:")
    one_word = await talk.say("thank", "kiitti", language="fi")
    assert one_word.text.startswith("Varsågod")
    back = await talk.say("thank", "kiitos paljon avusta sinulle", language="fi")
    assert back.text.startswith("Ole hyvä")


async def test_language_by_wish_also_inside_a_form(talk: Talk) -> None:
    await talk.say("check_outage", "onko vikaa")
    answer = await talk.say("change_language", "in English please", language="en", language_wished="en")
    assert await talk.slot("language") == "en"
    assert "English" in answer.text


async def test_not_understood_asks_once_then_offers_then_hands_over(talk: Talk) -> None:
    ranking = [("nlu_fallback", 0.3), ("affirm", 0.3), ("faq_roaming", 0.2), ("check_order", 0.1), ("faq_offers", 0.1)]
    first = await talk.say("nlu_fallback", "öö se juttu siellä", ranking=ranking)
    assert first.used == ["utter_did_you_mean"]
    assert first.buttons == ["/faq_roaming", "/check_order", HUMAN]
    second = await talk.say("nlu_fallback", "no se mikä oli", ranking=ranking)
    assert second.used == ["utter_offer_person"]
    third = await talk.say("nlu_fallback", "niin että se mikä", ranking=ranking)
    assert third.effects("handoff")[0]["reason"] == "misunderstood"
    assert "niin että se mikä" in third.effects("handoff")[0]["wish"]["en"]


async def test_no_to_the_meanings_offers_a_person(talk: Talk) -> None:
    await talk.say("nlu_fallback", "öö", ranking=[("nlu_fallback", 0.3), ("faq_roaming", 0.2)])
    assert (await talk.say("deny", "ei kumpikaan")).used == ["utter_offer_person"]


async def test_nothing_likely_asks_for_other_words(talk: Talk) -> None:
    answer = await talk.say("nlu_fallback", "zzz", ranking=[("nlu_fallback", 0.3), ("faq_roaming", 0.01)])
    assert answer.used == ["utter_not_understood"]
    assert answer.buttons == [HUMAN]


async def test_out_of_scope_twice_offers_a_person_once(talk: Talk) -> None:
    used = [(await talk.say("out_of_scope", "kerro vitsi nyt")).used for _ in range(3)]
    assert used == [["utter_out_of_scope"], ["utter_offer_person"], ["utter_out_of_scope"]]


@pytest.mark.parametrize(("intent", "answer"), [("check_outage", "outages"), ("check_order", "orders")])
async def test_no_answer_from_the_backend_is_said(talk: Talk, backend: MemoryBackend, intent: str, answer: str) -> None:
    backend.down = True
    said = await talk.say(intent, "33100 missä", number="33100")
    assert said.used == [f"utter_{answer}_no_answer"]
    assert [lookup["ok"] for lookup in said.effects("lookup")] == [False]
    assert (await talk.say("affirm", "joo")).effects("handoff")[0]["reason"] == "no_answer"


async def test_greeting_says_once_that_a_bot_answers(talk: Talk) -> None:
    assert "Revontulen botti" in (await talk.say("greet", "moi")).text
    assert (await talk.say("greet", "moi")).used == ["utter_greet_again"]


async def test_returning_after_days_keeps_facts_and_drops_the_form(talk: Talk, agent: Agent) -> None:
    await talk.say("check_outage", "är det fel i Åbo nu", language="sv", place=("Åbo", "Turku"))
    await talk.say("check_order", "var är min beställning då", language="sv")
    tracker = await agent.tracker_store.retrieve(talk.customer)
    assert tracker
    for event in tracker.events:
        event.timestamp -= 3 * 24 * 3600
    await agent.tracker_store.save(tracker)
    answer = await talk.say("affirm", "ja", language="sv")
    assert answer.text == "Okej. Hur kan jag hjälpa?"
    assert await talk.form() is None
    assert await talk.slot("place") == "Turku"
    assert await talk.slot("asked") is None


@pytest.mark.parametrize(
    ("intent", "used"),
    [
        ("thank", "utter_thank"),
        ("praise", "utter_praise"),
        ("goodbye", "utter_goodbye"),
        ("ask_is_bot", "utter_ask_is_bot"),
        ("affirm", "utter_affirm"),
        ("deny", "utter_deny"),
        ("inform", "utter_inform_unclear"),
        ("change_language", "utter_languages"),
    ],
)
async def test_short_answers(talk: Talk, intent: str, used: str) -> None:
    assert (await talk.say(intent, "juu näin on")).used == [used]


async def test_every_intent_is_answered(talk: Talk, agent: Agent) -> None:
    assert agent.domain
    for intent in set(agent.domain.intents) - {"restart", "back", "session_start"}:
        other = Talk(agent, f"{talk.customer}-{intent}")
        assert (await other.say(intent, "tämä on viesti")).messages, intent


@pytest.mark.filterwarnings("ignore")  # Rasa's reader of stories warns about itself
async def test_roads_of_the_test_stories(agent: Agent, tmp_path: Path) -> None:
    """What `rasa test core` checks."""
    stories = Path(__file__).parents[1] / "stories"
    result = await rasa_test(str(stories), agent, out_directory=str(tmp_path), disable_plotting=True, warnings=False)
    whole = result["report"]["conversation_accuracy"]
    assert whole["total"] >= 10
    assert whole["correct"] == whole["total"]
