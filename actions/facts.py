"""What a message adds to what is known: language, place, postal code, order number, service, and the task in hand.

One custom slot mapping sets them all, so that one place decides what a bare number means and which of two places
is meant, and nothing is read twice from one message.
"""

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Entity, Events
from actions.language import language_of

TASKS = {"check_outage": "outage", "report_fault": "fault", "notify_when_fixed": "notify", "check_order": "order"}
OUTAGE_TASKS = ("outage", "fault", "notify")
# "Tampereella enkä Turussa", "inte i Åbo utan i Tammerfors", "not Turku": what follows such a word is not meant.
NEGATION = re.compile(
    r"\b(?:en|enkä|enk|ei|eikä|eik|emme|inte|ej|not|isn't)\s+(?:(?:ole|oo|siis|i|in)\s+)?$", re.IGNORECASE
)
LETTER_OR_DIGIT = re.compile(r"[^\W_]")
POSTAL_CODE = re.compile(r"\d{5}")


class ActionNoteMessage(Action):
    """The slot mapping of every slot that a customer's message may fill."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_note_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """One SlotSet for each slot that the message changes."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        if _noted_already(call):
            return []
        known = {name: call.slot(name) for name in tracker.slots}
        return [SlotSet(name, value) for name, value in noted(call).items() if known.get(name) != value]


def noted(call: Call) -> dict[str, Any]:
    """The slots as the newest message leaves them."""
    slots = {"language": language_of(call), "asked": _question_still_open(call), **_task(call)}
    return {**slots, **_area(call), **_order_number(call), **_service(call)}


def meant(entities: list[Entity], text: str) -> Any | None:
    """The value meant when several were named: the last that is not denied; None when all are."""
    kept = [e for e in entities if not NEGATION.search(text[: e.get("start") or 0])]
    return kept[-1]["value"] if kept else None


def number_meant(entities: list[Entity], text: str) -> Any | None:
    """As `meant`, but a lone number after "ei" is the right one ("ei 12346"): who denies a number gives another."""
    return meant(entities, text) or (entities[0]["value"] if len(entities) == 1 else None)


def gave_area(call: Call) -> bool:
    """Whether the newest message names a place or a postal code."""
    return bool(_area(call))


def gave_order_number(call: Call) -> bool:
    """Whether the newest message holds an order number."""
    return bool(_order_number(call))


def gave_only_details(call: Call) -> bool:
    """Whether nothing but details was written, so that the intent is of no account."""
    details = call.entities("place", "postal_code", "order_number", "service")
    rest = list(call.text)
    for entity in details:
        rest[entity["start"] : entity["end"]] = " " * (entity["end"] - entity["start"])
    return bool(details) and not LETTER_OR_DIGIT.search("".join(rest))


def _noted_already(call: Call) -> bool:
    # Rasa maps slots again when a form opens. By then an action may have cleared a number that was not found;
    # reading it once more from the same message would ask the backend for it for ever.
    return any(event["event"] == "action" for event in call.events_of_this_turn())


def _question_still_open(call: Call) -> str | None:
    # A yes or no answers what was asked just before, not what was asked an hour and three questions ago.
    asked = [e["value"] for e in call.events_of_last_turn() if e["event"] == "slot" and e["name"] == "asked"]
    return asked[-1] if asked else None


def _task(call: Call) -> Mapping[str, Any]:
    intent = call.intent or ""
    task = {"task": TASKS[intent]} if intent in TASKS else {}
    return {**task, "topic": intent} if task or intent.startswith("faq_") else task


def _area(call: Call) -> Mapping[str, Any]:
    place = meant(call.entities("place"), call.text)
    code = number_meant(_codes(call), call.text)
    return {"place": place, "postal_code": code} if place or code else {}


def _codes(call: Call) -> list[Entity]:
    codes = [e for e in call.entities("postal_code") if not (_is_ambiguous(e) and _numbers_are_orders(call))]
    if codes or call.form != "outage_form":
        return codes
    return [e for e in call.entities("order_number") if POSTAL_CODE.fullmatch(str(e.get("text") or e["value"]))]


def _order_number(call: Call) -> Mapping[str, Any]:
    codes = [entity["start"] for entity in _codes(call)]
    numbers = [e for e in call.entities("order_number", "postal_code") if e["start"] not in codes]
    number = number_meant(numbers, call.text)
    return {"order_number": number} if number else {}


def _is_ambiguous(entity: Entity) -> bool:
    # The NLU marks five digits so when no word of the message tells a postal code from an order number.
    return bool(entity.get("ambiguous"))


def _numbers_are_orders(call: Call) -> bool:
    # Alone, digits answer the form that asked; else the question they stand in decides, then the matter in hand.
    if call.form is not None and (gave_only_details(call) or call.intent not in TASKS):
        return call.form == "order_form"
    if call.intent in TASKS:
        return call.intent == "check_order"
    return call.slot("task") == "order" and not call.entities("place")


def _service(call: Call) -> Mapping[str, Any]:
    service = meant(call.entities("service"), call.text)
    return {"service": service} if service else {}
