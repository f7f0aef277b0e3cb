"""A conversation with the real core model and the real actions; what the NLU would say is given with each message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

LANGUAGES = {"fi": 0.95, "sv": 0.95, "en": 0.95}


class InProcess(EndpointConfig):
    """An action server without the HTTP in between."""

    def __init__(self) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, json: Any = None, **options: Any) -> Any:
        """What the action answers."""
        return await self._executor.run(json)


@contextmanager
def schema_compiled_once() -> Iterator[None]:
    """Rasa checks its own schema of an action's answer anew at each call, 80 ms long; here once."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteAction, "_validate_action_result", validate)
        yield


class Output(CollectingOutputChannel):
    """Keeps every utterance whole."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Rasa's own way would split a text at blank lines."""
        self.messages.append(message)


@dataclass
class Answer:
    """What the bot did about one message."""

    messages: list[dict[str, Any]]

    @property
    def used(self) -> list[str]:
        """The responses said, by name."""
        return [message["utter_action"] for message in map(_metadata, self.messages) if message.get("utter_action")]

    @property
    def text(self) -> str:
        """Everything that the customer reads."""
        return "\n".join(message["text"] for message in self.messages if message.get("text"))

    @property
    def buttons(self) -> list[str]:
        """The payloads offered."""
        return [button["payload"] for message in self.messages for button in message.get("buttons") or []]

    def effects(self, name: str) -> list[dict[str, Any]]:
        """The product effects of that name."""
        return [m["custom"][name] for m in self.messages if name in (m.get("custom") or {})]


def _metadata(message: dict[str, Any]) -> dict[str, Any]:
    return {**(message.get("metadata") or {}), **message}


@dataclass
class Talk:
    """One customer. `say` gives a message as the NLU would understand it: entities are {surface: (kind, value)}."""

    agent: Agent
    customer: str
    answers: list[Answer] = field(default_factory=list)

    async def say(self, intent: str, text: str = "", language: str | None = "fi", **details: Any) -> Answer:
        """`details` are entities by kind: place=("Tampereella", "Tampere") or order_number="12345"; `number` is five
        digits that may be either."""
        if wished := details.pop("language_wished", None):
            details["language"] = wished
        ranking = details.pop("ranking", [(intent, 0.9)])
        parsed: dict[str, Any] = {
            "text": text or f"/{intent}",
            "intent": {"name": intent, "confidence": ranking[0][1]},
            "entities": [e for kind, given in details.items() for e in _entities(kind, given, text)],
            "intent_ranking": [{"name": name, "confidence": confidence} for name, confidence in ranking],
        }
        if language and text:
            parsed["language"] = {"code": language, "confidence": LANGUAGES[language]}
        output = Output()
        await self.agent.handle_message(UserMessage(parsed["text"], output, self.customer, parse_data=parsed))
        self.answers.append(Answer(output.messages))
        return self.answers[-1]

    async def slot(self, name: str) -> Any:
        """A slot as it is now."""
        tracker = await self.agent.tracker_store.retrieve(self.customer)
        return tracker.get_slot(name) if tracker else None

    async def form(self) -> Any:
        """The form that is open now."""
        tracker = await self.agent.tracker_store.retrieve(self.customer)
        return tracker.active_loop_name if tracker else None


def _entities(kind: str, given: Any, text: str) -> list[dict[str, Any]]:
    several = given if isinstance(given, list) else [given]
    pairs = [one if isinstance(one, tuple) else (one, one) for one in several]
    return [_entity(kind, surface, value, text) for surface, value in pairs]


def _entity(kind: str, surface: str, value: str, text: str) -> dict[str, Any]:
    found = re.search(re.escape(surface), text)
    start = found.start() if found else 0
    end = start + len(surface) if found else 0
    entity = {"entity": kind, "value": value, "text": surface, "start": start, "end": end, "extractor": "test"}
    # Five digits with no word about them, as bot/dialogue/nlu/numbers.py gives them.
    return {**entity, "entity": "postal_code", "ambiguous": True} if kind == "number" else entity
