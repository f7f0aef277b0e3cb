"""The customer's language: the first message decides, a later one changes it only when it leaves no doubt."""

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.call import Call, Events
from actions.wording import LANGUAGES

# A first message may be one word ("hej"); only a coin's toss is not believed.
ENOUGH_AT_FIRST = 0.5
# A word or two of another language (a name, a loan word, a quotation) is no change of language.
ENOUGH_TO_CHANGE = 0.8
WORDS_TO_CHANGE = 3
WORD = re.compile(r"[^\W\d_]+")


def language_after(
    current: str | None, text: str, detected: Mapping[str, Any] | None, wished: str | None
) -> str | None:
    """The language to go on in; None while nothing has shown it yet.

    `detected` is {"code", "confidence"} of this one message, `wished` the language that the customer asked for by name.
    """
    if wished in LANGUAGES:
        return wished
    if not detected or detected.get("code") not in LANGUAGES:
        return current
    words, confidence = len(WORD.findall(text)), float(detected.get("confidence") or 0)
    if current is None:
        return str(detected["code"]) if words and confidence >= ENOUGH_AT_FIRST else None
    sure = words >= WORDS_TO_CHANGE and confidence >= ENOUGH_TO_CHANGE
    return str(detected["code"]) if sure else current


def language_of(call: Call) -> str | None:
    """The language after the newest message."""
    wishes = call.entities("language") if call.intent == "change_language" else []
    wished = wishes[-1].get("value") if wishes else None
    # A button's payload ("/check_order") is nobody's language.
    text = "" if call.text.startswith("/") else call.text
    return language_after(call.slot("language"), text, call.tracker.latest_message.get("language"), wished)


class ActionChangeLanguage(Action):
    """Answers a wish for another language, in that language; the slot is set before by action_note_message."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Confirms the language, or offers all three when none was named."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        call.say("utter_language_changed" if call.entities("language") else "utter_languages")
        return []
