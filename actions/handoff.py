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
    topic = call.slot("topic")
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


def _quote(call: Call) -> str | None:
    """The customer's own last words that say something; a button's payload and a bare "yes" do not."""
    texts = [event.get("text") or "" for event in call.tracker.events if event["event"] == "user"]
    telling = [t for t in texts if not t.startswith("/") and len(t.split()) >= WORDS_WORTH_QUOTING]
    return telling[-1][:LONGEST_QUOTE] if telling else None


def _details(call: Call, topic: str, wording: Wording) -> str:
    if topic == "check_order":
        return call.slot("order_number") or _unknown(call, "utter_word_number_unknown", wording)
    place = " ".join(filter(None, (call.slot("place"), call.slot("postal_code"))))
    service = service_name(call.slot("service"), wording) if call.slot("service") else None
    return ", ".join(filter(None, [place or _unknown(call, "utter_word_place_unknown", wording), service]))


def _unknown(call: Call, word: str, wording: Wording) -> str:
    """What was given and not found is still worth the agent's look."""
    given = call.slot("not_found")
    return wording.text("utter_word_not_found", given=given) if given else wording.text(word)
