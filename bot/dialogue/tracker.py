"""Rasa's tracker, kept in the turn's transaction: the store holds only the trackers of turns that are running.

Before it is kept, a tracker is compacted: what the bot knows (slots, an open form) and the last few messages. The
whole history is our transcript; a turn costs the same at message 300 as at message 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.model import Json

_CLASSES: dict[str, type[Event]] = {kind.type_name: kind for kind in all_subclasses(Event)}
MESSAGES_KEPT = 3
"""Enough for the policies: rules look at the running exchange, memoized stories at a few turns."""


class RunningTrackers(TrackerStore):
    """Rasa's tracker store over the trackers that `hold` was given."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain)
        self._held: dict[str, DialogueStateTracker] = {}

    def hold(self, sender_id: str, state: Json | None) -> None:
        """Make a kept tracker available for a turn."""
        self._held[sender_id] = DialogueStateTracker.from_events(
            sender_id, kept_events(state), self.domain.slots if self.domain else [], domain=self.domain
        )

    def release(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the tracker back at the end of the turn; None when it could not be read."""
        return self._held.pop(sender_id, None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the held tracker."""
        return self._held.get(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hold the tracker until the turn is over."""
        self._held[tracker.sender_id] = tracker

    async def keys(self) -> Iterable[str]:
        """Return the ids of running turns."""
        return list(self._held)


def kept_events(state: Json | None) -> list[Event]:
    """Read the kept events. Rasa's own reader searches all classes of events anew for each one."""
    return [_CLASSES[data["event"]]._from_parameters(data) for data in (state or {}).get("events", [])]


def compact(tracker: DialogueStateTracker) -> Json:
    """Return what is kept of a tracker: slots, an open form, and the last few messages with what followed them."""
    events = [event for event in tracker.applied_events() if not _is_left_out(event)]
    starts = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    tail = events[starts[-MESSAGES_KEPT] :] if len(starts) >= MESSAGES_KEPT else events
    head = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)]
    return {"events": [_as_json(event) for event in [*head, *_known(tracker, tail), *tail]]}


def _is_left_out(event: Event) -> bool:
    """The session's start is written anew; what the bot said stands in the transcript, and no policy looks at it."""
    is_start = isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
    return is_start or isinstance(event, SessionStarted | BotUttered)


def _known(tracker: DialogueStateTracker, tail: list[Event]) -> list[Event]:
    known: list[Event] = [
        SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value
    ]
    loop = tracker.active_loop_name
    opened_in_tail = any(isinstance(event, ActiveLoop) for event in tail)
    return [*known, ActiveLoop(loop)] if loop and not opened_in_tail else known


def _as_json(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = event.as_dict()
    data.pop("metadata", None)
    return data
