"""Where the bot knows that it does not know: it asks once, then a person helps. It never loops."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.follow_ups import asks_on_about_outage, go_on_about_outage
from actions.handoff import hand_off
from actions.offers import MEANING, PERSON, asking, offer_person

FAILURES = {"nlu_fallback", "out_of_scope"}
# What a customer can mean by a message of its own; a yes or a detail is not something to ask about.
NO_CANDIDATES = {"nlu_fallback", "out_of_scope", "inform", "affirm", "deny", "greet", "thank", "praise", "goodbye"}
NO_CANDIDATES |= {"complain", "request_human", "ask_wait_time"}
# With the way to a person that makes three buttons, the most that WhatsApp shows in a message.
MOST_MEANINGS = 2
LIKELY_ENOUGH = 0.05


class ActionClarify(Action):
    """Answers a message that was not understood."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Asks what was meant; the second time offers a person; after that hands over."""
        return clarify(Call.at_this_moment(dispatcher, tracker, domain))


class ActionOutOfScope(Action):
    """Answers what is none of the company's business."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says what the bot can help with; at the second in a row offers a person."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        if failed_before(call) and call.slot("asked") != PERSON:
            return offer_person(call, "utter_offer_person", "misunderstood")
        call.say("utter_out_of_scope")
        return []


class ActionCalm(Action):
    """Answers anger."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_calm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Calmly offers a person."""
        return offer_person(Call.at_this_moment(dispatcher, tracker, domain), "utter_calm", "angry")


def clarify(call: Call) -> Events:
    """The answer to a message below the threshold."""
    if asks_on_about_outage(call):
        return go_on_about_outage()
    if call.slot("asked") == PERSON and call.slot("offered_for") == "misunderstood":
        return hand_off(call, "misunderstood")
    if call.slot("asked") == MEANING or failed_before(call):
        return offer_person(call, "utter_offer_person", "misunderstood")
    return _ask_meaning(call)


def failed_before(call: Call) -> bool:
    """Whether the message before this one was not understood either."""
    users = [event for event in call.tracker.events if event["event"] == "user"]
    if len(users) < 2:
        return False
    before = users[-2].get("parse_data") or {}
    return (before.get("intent") or {}).get("name") in FAILURES


def likely_meanings(call: Call) -> list[str]:
    """The intents that the message most likely had, likeliest first, of those that have a title."""
    ranking = call.tracker.latest_message.get("intent_ranking") or []
    likely = [entry["name"] for entry in ranking if entry.get("confidence", 0) >= LIKELY_ENOUGH]
    asked_about = [name for name in likely if name not in NO_CANDIDATES and call.wording.has(title(name))]
    return asked_about[:MOST_MEANINGS]


def title(intent: str) -> str:
    """The response that says in plain words what the intent is about."""
    return f"utter_title_{intent}"


def _ask_meaning(call: Call) -> Events:
    meanings = likely_meanings(call)
    buttons = [{"title": call.wording.text(title(name)), "payload": f"/{name}"} for name in meanings]
    person = {"title": call.wording.text(title("request_human")), "payload": "/request_human"}
    response = "utter_did_you_mean" if meanings else "utter_not_understood"
    call.dispatcher.utter_message(response=response, buttons=[*buttons, person])
    return asking(MEANING)
