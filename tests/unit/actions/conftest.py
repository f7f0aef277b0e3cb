"""Calls of actions as Rasa makes them, on the real domain, with the demo company in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.backend.demo.read import read_demo
from actions.call import Call
from actions.lookups import connection
from tests.fakes.memory_backend import MemoryBackend

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
MakeCall = Callable[..., Call]


@pytest.fixture(scope="session")
def domain() -> dict[str, Any]:
    """The responses of the real content; that is all an action reads of a domain."""
    responses: dict[str, Any] = {}
    for path in sorted((ROOT / "data" / "stories").rglob("*.yml")):
        responses |= yaml.safe_load(path.read_text("utf-8")).get("responses") or {}
    return {"responses": responses}


@pytest.fixture
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


@pytest.fixture
def backend() -> Iterator[MemoryBackend]:
    memory = MemoryBackend(read_demo(datetime.now(UTC)))
    connection.use(memory)
    yield memory
    connection.use(None)


@pytest.fixture
def call(domain: dict[str, Any]) -> MakeCall:
    """Makes a call: the newest message, the slots, and what happened before."""

    def make(intent: str = "inform", text: str = "", **state: Any) -> Call:
        return Call(CollectingDispatcher(), Tracker.from_dict(tracker(intent, text, **state)), domain, NOW)

    return make


def tracker(
    intent: str,
    text: str = "",
    *,
    entities: list[dict[str, Any]] | None = None,
    slots: dict[str, Any] | None = None,
    form: str | None = None,
    before: list[dict[str, Any]] | None = None,
    since: list[dict[str, Any]] | None = None,
    **parsed: Any,
) -> dict[str, Any]:
    """A tracker's state as Rasa sends it; `before` and `since` are the events around the newest message."""
    message = {"intent": {"name": intent}, "entities": entities or [], "text": text, **parsed}
    newest = {"event": "user", "text": text, "parse_data": message}
    return {
        "sender_id": "anna",
        "slots": slots or {},
        "latest_message": message,
        "events": [*(before or []), newest, *(since or [])],
        "active_loop": {"name": form} if form else {},
    }


def entity(kind: str, surface: str, text: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    """An entity of a text as the NLU gives it."""
    start = text.index(surface)
    span = {"start": start, "end": start + len(surface)}
    return {"entity": kind, "value": value or surface, "text": surface, **span, **more}


def five_digits(digits: str, text: str) -> dict[str, Any]:
    """Digits that the NLU could not tell to be a postal code or an order number."""
    return entity("postal_code", digits, text, ambiguous=True)


def user(intent: str, text: str = "") -> dict[str, Any]:
    """An earlier message."""
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}, "text": text}}


def slot(name: str, value: Any) -> dict[str, Any]:
    """A slot that was set."""
    return {"event": "slot", "name": name, "value": value}
