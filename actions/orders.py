"""Orders: where they are, and how they got there."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend.protocol import BackendUnavailable, Order
from actions.call import Call, Events
from actions.forms import MOST_TRIES, ORDER_FORM, Problem
from actions.lookups import look_up
from actions.offers import offer_person
from actions.order_words import response_for, values_for


class ActionAskOrder(Action):
    """Asks for the order number, in the words that fit what happened before."""

    def name(self) -> str:
        """The name that Rasa looks for when order_form needs the slot."""
        return "action_ask_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Asks."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        problem = call.slot("problem")
        # A number that was not found was named in the reply that sent the customer back here.
        if problem != Problem.UNKNOWN:
            call.say(f"utter_ask_order_{problem}" if problem else "utter_ask_order")
        return []


class ActionTellOrder(Action):
    """What the form leads to: the state of the order."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_tell_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tells it, or why it cannot be told."""
        return await tell_order(Call.at_this_moment(dispatcher, tracker, domain))


async def tell_order(call: Call) -> Events:
    """Looks the order up and tells its state, what it holds and its history."""
    number = call.slot("order")
    if number is None:
        gave_up = call.slot("problem") == Problem.GAVE_UP
        return offer_person(call, "utter_order_given_up", "order") if gave_up else []
    try:
        order = await _find_order(call, number)
    except BackendUnavailable:
        return offer_person(call, "utter_orders_no_answer", "no_answer")
    if order is None:
        return _not_found(call, number)
    call.say(response_for(order), **values_for(order, call.now, call.wording))
    return [SlotSet("tries", 0), SlotSet("problem", None), SlotSet("not_found", None)]


async def _find_order(call: Call, number: str) -> Order | None:
    return await look_up(call, "orders", {"number": number}, lambda backend: backend.order(number), _summary)


def _summary(order: Order | None) -> dict[str, str | None] | None:
    if order is None:
        return None
    return {
        "number": order.number,
        "state": order.state.value,
        "changed_at": order.history[-1].at.isoformat() if order.history else None,
        "expected_on": order.expected_on.isoformat() if order.expected_on else None,
        "carrier": order.carrier,
    }


def _not_found(call: Call, number: str) -> Events:
    tries = (call.slot("tries") or 0) + 1
    forget = [SlotSet("order_number", None), SlotSet("order", None), SlotSet("not_found", number)]
    if tries >= MOST_TRIES:
        return [*forget, *offer_person(call, "utter_order_not_found_again", "order", given=number)]
    call.say("utter_order_not_found", given=number)
    again = FollowupAction(ORDER_FORM.name)
    return [*forget, SlotSet("problem", Problem.UNKNOWN.value), SlotSet("tries", tries), again]
