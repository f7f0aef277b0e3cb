"""What an action is given, in one hand: the tracker to read, the dispatcher to speak through, the domain, the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.wording import DEFAULT_LANGUAGE, Wording

Events = list[dict[str, Any]]
Entity = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One call of one action. `now` is aware and in UTC."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    domain: Mapping[str, Any]
    now: datetime

    @classmethod
    def at_this_moment(cls, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> "Call":
        """The call as Rasa made it, at the present time."""
        return cls(dispatcher, tracker, domain, datetime.now(UTC))

    def say(self, response: str, **values: object) -> None:
        """Sends the response of that name with its placeholders filled; Rasa chooses the language by the slot."""
        self.dispatcher.utter_message(response=response, **values)

    def effect(self, name: str, content: Mapping[str, Any]) -> None:
        """Asks the product for something that Rasa cannot do (handoff, lookup, subscribe, wait_time)."""
        self.dispatcher.utter_message(json_message={name: dict(content)})

    def slot(self, name: str) -> Any:
        """The slot's value as it was when the action was called."""
        return self.tracker.slots.get(name)

    @property
    def language(self) -> str:
        """The customer's language; Finnish until he has shown another."""
        return self.slot("language") or DEFAULT_LANGUAGE

    @property
    def wording(self) -> Wording:
        """The domain's wording in the customer's language."""
        return Wording(self.domain, self.language)

    @property
    def intent(self) -> str | None:
        """The intent of the newest message."""
        return (self.tracker.latest_message.get("intent") or {}).get("name")

    @property
    def text(self) -> str:
        """The newest message as the customer wrote it."""
        return self.tracker.latest_message.get("text") or ""

    @property
    def form(self) -> str | None:
        """The form that is open, if any."""
        return (self.tracker.active_loop or {}).get("name")

    def entities(self, *kinds: str) -> list[Entity]:
        """The newest message's entities of these kinds, in the order of the text."""
        found = [e for e in self.tracker.latest_message.get("entities") or [] if e.get("entity") in kinds]
        return sorted(found, key=lambda e: e.get("start") or 0)

    def events_of_this_turn(self) -> Events:
        """What has happened since the newest message."""
        return self._since_user_message(1)

    def events_of_last_turn(self) -> Events:
        """What happened between the message before the newest one and the newest one."""
        both = self._since_user_message(2)
        return both[: next((i for i, event in enumerate(both) if event["event"] == "user"), len(both))]

    def _since_user_message(self, count: int) -> Events:
        events: Events = self.tracker.events
        users = [index for index, event in enumerate(events) if event["event"] == "user"]
        return events[users[-count] + 1 :] if len(users) >= count else []
