"""Short answers: yes, no, and a bare detail. What they mean hangs on what was asked."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.facts import OUTAGE_TASKS, gave_area, gave_order_number
from actions.forms import ORDER_FORM, OUTAGE_FORM
from actions.handoff import hand_off, reason
from actions.offers import MEANING, PERSON, SUBSCRIPTION, asking, closing_form, offer_person
from actions.subscriptions import subscribe


class ActionAffirm(Action):
    """Does what the customer said yes to."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Hands over, follows an outage, or asks on."""
        return affirm(Call.at_this_moment(dispatcher, tracker, domain))


class ActionDeny(Action):
    """Takes a no: to an offer, to a question, to a detail, or to going on."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Goes on as the no demands."""
        return deny(Call.at_this_moment(dispatcher, tracker, domain))


class ActionInform(Action):
    """Does the likeliest thing with a detail that nobody asked for."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Opens the form that the detail belongs to, or asks what it is for."""
        return inform(Call.at_this_moment(dispatcher, tracker, domain))


def affirm(call: Call) -> Events:
    """The answer to a yes."""
    asked = call.slot("asked")
    if asked == PERSON:
        return hand_off(call, reason(call, "offered"))
    if asked == SUBSCRIPTION:
        return subscribe(call, call.slot("outages") or [])
    if asked == MEANING:
        call.say("utter_which_meaning")
        return asking(MEANING)
    if _gave_detail(call):
        return use_detail(call)
    call.say("utter_affirm")
    return []


def deny(call: Call) -> Events:
    """The answer to a no; a correction ("eiku 12346") is a detail, not a no."""
    asked = call.slot("asked")
    if _gave_detail(call):
        return use_detail(call)
    if call.form:
        call.say("utter_dropped")
        return closing_form()
    if asked == MEANING:
        return offer_person(call, "utter_offer_person", "misunderstood")
    call.say(f"utter_no_{asked}" if asked in (PERSON, SUBSCRIPTION) else "utter_deny")
    return []


def inform(call: Call) -> Events:
    """The answer to a bare detail."""
    if _gave_detail(call) or (call.entities("service") and call.slot("task") in OUTAGE_TASKS):
        return use_detail(call)
    call.say("utter_inform_unclear")
    return []


def use_detail(call: Call) -> Events:
    """Goes to the form that needs the detail; a place that comes alone is most likely about an outage there."""
    if gave_order_number(call):
        return [SlotSet("task", "order"), FollowupAction(ORDER_FORM.name)]
    task = call.slot("task") if call.slot("task") in OUTAGE_TASKS else "outage"
    return [SlotSet("task", task), FollowupAction(OUTAGE_FORM.name)]


def _gave_detail(call: Call) -> bool:
    return gave_area(call) or gave_order_number(call)
