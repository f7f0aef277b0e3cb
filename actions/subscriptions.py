"""Telling the customer when a fault is over: only what he asked for in words, and not for ever."""

from datetime import timedelta

from rasa_sdk.events import SlotSet

from actions.call import Call, Events

# A consent to be written to about one fault lapses with the fault; this is the longest it can last.
LONGEST = timedelta(days=14)


def subscribe(call: Call, outage_ids: list[str]) -> Events:
    """Asks the product to follow these outages and tells the customer what he has agreed to."""
    followed = call.slot("following") or []
    new = [id for id in outage_ids if id not in followed]
    for id in outage_ids:  # also those followed before: the product knows whether that consent still holds
        call.effect("subscribe", {"to": "outage", "key": id, "until": (call.now + LONGEST).isoformat()})
    call.say("utter_follows" if new else "utter_follows_already")
    # What comes next is a question again: the consent was for these and no others.
    return [SlotSet("following", [*followed, *new]), SlotSet("task", "outage")]
