"""How a conversation begins: the greeting that says who answers, and what is kept when someone returns after days."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events

# The customer never repeats these. What was asked, offered or told last week is over.
KEPT = ("language", "place", "postal_code", "order_number", "service", "following")


class ActionSessionStart(Action):
    """Opens a session with what is known of the customer; a form that he left half-way is dropped."""

    def name(self) -> str:
        """The name of Rasa's own action that this one replaces."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The session's first events."""
        kept = [SlotSet(name, tracker.slots[name]) for name in KEPT if tracker.slots.get(name) is not None]
        return [SessionStarted(), *kept, ActionExecuted("action_listen")]


class ActionGreet(Action):
    """Greets, and at the first time says that a bot answers."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Greets."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        call.say("utter_greet_again" if call.slot("introduced") else "utter_greet")
        return [SlotSet("introduced", True)]
