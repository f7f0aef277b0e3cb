"""Giving the conversation to a person, with what he wants in one sentence in each language."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.facts import TASKS
from actions.offers import PERSON, closing_form
from actions.outage_words import service_name
from actions.wording import LANGUAGES, Wording

# Long enough for the matter, short enough for one glance at the waiting list.
LONGEST_QUOTE = 200
WORDS_WORTH_QUOTING = 4


class ActionHandoff(Action):
    """Hands the conversation over at once; what happens next the customer hears from the product."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Emits the handoff effect."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        return hand_off(call, reason(call, "requested"))


class ActionWaitTime(Action):
    """Answers how long the queue is; the product knows the figures."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_wait_time"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Emits the wait_time effect."""
        Call.at_this_moment(dispatcher, tracker, domain).effect("wait_time", {})
        return []


def reason(call: Call, otherwise: str) -> str:
    """Why the person is needed: what the bot offered him for, if it just did."""
    return (call.slot("offered_for") or "offered") if call.slot("asked") == PERSON else otherwise


def hand_off(call: Call, why: str) -> Events:
    """Asks the product for a handoff and closes any open form."""
    urgency = "high" if why == "angry" else "normal"
    call.effect("handoff", {"reason": why, "wish": wish(call, why), "urgency": urgency})
    return closing_form()


def wish(call: Call, why: str) -> dict[str, str]:
    """What the customer wants, in one sentence in each language of the desk."""
    return {language: _wish(call, why, Wording(call.domain, language)) for language in LANGUAGES}


def _wish(call: Call, why: str, wording: Wording) -> str:
    topic = _last_topic(call)
    quote = _quote(call)
    if why == "misunderstood" and quote:
        return wording.text("utter_wish_misunderstood", quote=quote)
    if topic in TASKS:
        return wording.text(f"utter_wish_{topic}", details=_details(call, topic, wording))
    if topic and wording.has(f"utter_title_{topic}"):
        return wording.text("utter_wish_question", title=wording.text(f"utter_title_{topic}"))
    if quote:
        return wording.text("utter_wish_quote", quote=quote)
    return wording.text("utter_wish_angry" if why == "angry" else "utter_wish_person")


def _last_topic(call: Call) -> str | None:
    topics = [name for name in _intents(call) if name in TASKS or name.startswith("faq_")]
    return topics[-1] if topics else None


def _intents(call: Call) -> list[str]:
    users = [event.get("parse_data") or {} for event in call.tracker.events if event["event"] == "user"]
    return [(parsed.get("intent") or {}).get("name") or "" for parsed in users]


def _quote(call: Call) -> str | None:
    """The customer's own last words that say something; a button's payload and a bare "yes" do not."""
    texts = [event.get("text") or "" for event in call.tracker.events if event["event"] == "user"]
    telling = [t for t in texts if not t.startswith("/") and len(t.split()) >= WORDS_WORTH_QUOTING]
    return telling[-1][:LONGEST_QUOTE] if telling else None


def _details(call: Call, topic: str, wording: Wording) -> str:
    if topic == "check_order":
        return call.slot("order_number") or wording.text("utter_word_number_unknown")
    place = " ".join(filter(None, (call.slot("place"), call.slot("postal_code"))))
    service = call.slot("service")
    known = [place or wording.text("utter_word_place_unknown"), service_name(service, wording) if service else None]
    return ", ".join(filter(None, known))
