"""Half-said questions right after an answer: "kauanko siin viel menee" is about the fault just told of."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.forms import OUTAGE_FORM

# How likely the outage must look by the words alone, when the words before spoke of one.
LIKELY_IN_CONTEXT = 0.1
# nlu_fallback stands first in the ranking of what was not understood.
MOST_CANDIDATES = 3


class ActionWaitTime(Action):
    """Answers how long it takes: the fault just told of, else the queue, whose figures the product knows."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_wait_time"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Goes on about the outage, or emits the wait_time effect."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        if asks_on_about_outage(call):
            return go_on_about_outage()
        call.effect("wait_time", {})
        return []


def asks_on_about_outage(call: Call) -> bool:
    """Whether the answer before was about an outage and the newest message may well be, too."""
    told = any(e["event"] == "action" and e["name"] == "action_tell_outages" for e in call.events_of_last_turn())
    ranking = call.tracker.latest_message.get("intent_ranking") or []
    likely = [entry["name"] for entry in ranking if entry.get("confidence", 0) >= LIKELY_IN_CONTEXT]
    return bool(told and call.slot("outages") and "check_outage" in likely[:MOST_CANDIDATES])


def go_on_about_outage() -> Events:
    """To the outage form, which knows the area and leads to the newest state."""
    return [SlotSet("task", "outage"), SlotSet("topic", "check_outage"), FollowupAction(OUTAGE_FORM.name)]
