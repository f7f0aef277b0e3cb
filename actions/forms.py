"""How a form takes an answer: what counts as one, what interrupts it, and when it gives up.

Rasa calls validate_<form> when the form opens, at every message while it is open, and again when it comes back
after another answer. All three arrive here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.facts import gave_area, gave_only_details, gave_order_number

MOST_TRIES = 2
# These may be an answer to the form's question however they were understood; everything else is a matter of its own.
ANSWERS = {"inform", "affirm", "nlu_fallback", "out_of_scope"}
NO_REMINDER_AFTER = {"goodbye", "deny", "thank", "complain", "request_human"}


class Problem(StrEnum):
    """Why the form asks again, or asks no more; it chooses the wording of the question."""

    UNCLEAR = "unclear"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"
    DROPPED = "dropped"
    GAVE_UP = "gave_up"


@dataclass(frozen=True)
class Form:
    """A form with one required slot, filled from any of the detail slots."""

    name: str
    required: str
    details: tuple[str, ...]
    own_intents: frozenset[str]


OUTAGE_FORM = Form(
    "outage_form",
    "area",
    ("postal_code", "place"),
    frozenset({"check_outage", "report_fault", "notify_when_fixed"}),
)
ORDER_FORM = Form("order_form", "order", ("order_number",), frozenset({"check_order"}))


def step(call: Call, form: Form) -> Events:
    """What the newest message does to the form, as slot events for Rasa."""
    if call.slot("requested_slot") != form.required:
        return _open(call, form)
    if _comes_back(call, form):
        return _after_interruption(call, form)
    if not _is_answer(call, form):
        return [ActionExecutionRejected(form.name)]
    if _detail(call, form):
        return [SlotSet(form.required, _detail(call, form))]
    return _not_understood(call, form)


def _detail(call: Call, form: Form) -> Any | None:
    return next((call.slot(name) for name in form.details if call.slot(name)), None)


def _open(call: Call, form: Form) -> Events:
    filled = [SlotSet(form.required, _detail(call, form))]
    if Problem.UNKNOWN in [e.get("value") for e in call.events_of_this_turn() if e.get("name") == "problem"]:
        return filled  # sent back by the look-up: the question says what was wrong, and the try counts
    return [*filled, SlotSet("problem", None), SlotSet("tries", 0)]


def _comes_back(call: Call, form: Form) -> bool:
    events = call.events_of_this_turn()
    return any(e["event"] == "action_execution_rejected" and e.get("name") == form.name for e in events)


def _is_answer(call: Call, form: Form) -> bool:
    gave = gave_order_number(call) if form is ORDER_FORM else gave_area(call)
    if gave_only_details(call) and (gave or call.intent in ANSWERS):
        return True
    return call.intent in ANSWERS | form.own_intents or (gave and call.intent == "deny")


def _after_interruption(call: Call, form: Form) -> Events:
    if _detail(call, form):
        return [SlotSet(form.required, _detail(call, form))]
    # One reminder is polite; a second would be nagging.
    if call.intent in NO_REMINDER_AFTER or call.slot("problem") == Problem.INTERRUPTED:
        return _end(form, Problem.DROPPED)
    return [SlotSet("problem", Problem.INTERRUPTED.value)]


def _not_understood(call: Call, form: Form) -> Events:
    tries = (call.slot("tries") or 0) + 1
    if tries >= MOST_TRIES:
        return _end(form, Problem.GAVE_UP)
    return [SlotSet("tries", tries), SlotSet("problem", Problem.UNCLEAR.value)]


def _end(form: Form, problem: Problem) -> Events:
    return [SlotSet(form.required, None), SlotSet("problem", problem.value), SlotSet("requested_slot", None)]


class ValidateOutageForm(Action):
    """Takes the area out of the customer's answer."""

    def name(self) -> str:
        """The name in the domain."""
        return "validate_outage_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Slot events; a rejection lets the rules answer another matter first."""
        return step(Call.at_this_moment(dispatcher, tracker, domain), OUTAGE_FORM)


class ValidateOrderForm(Action):
    """Takes the order number out of the customer's answer."""

    def name(self) -> str:
        """The name in the domain."""
        return "validate_order_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Slot events; a rejection lets the rules answer another matter first."""
        return step(Call.at_this_moment(dispatcher, tracker, domain), ORDER_FORM)
