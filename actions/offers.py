"""Offering a person, and remembering for one message what the customer was asked."""

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.call import Call, Events

PERSON = "person"
SUBSCRIPTION = "subscription"
MEANING = "meaning"


def asking(what: str, reason: str | None = None) -> Events:
    """The bot has asked this, so that a yes or a no to it is understood; `reason` goes into a handoff that follows."""
    return [SlotSet("asked", what), SlotSet("offered_for", reason)]


def offer_person(call: Call, response: str, reason: str, **values: object) -> Events:
    """Says the response, which offers a person, and closes any open form."""
    call.say(response, **values)
    return [*closing_form(), *asking(PERSON, reason)]


def closing_form() -> Events:
    """Whatever was being asked for is asked no more."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("problem", None), SlotSet("tries", 0)]
