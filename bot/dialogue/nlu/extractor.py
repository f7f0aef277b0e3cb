"""What the entity extractors share: the way from what they found to Rasa's message."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

HINTS = "hints"  # message property: what was found, as features for the classifier


class Found(NamedTuple):
    """One entity: characters `start` to `end` of the message mean `value`; `more` is added to Rasa's dictionary."""

    entity: str
    value: str
    start: int
    end: int
    more: Mapping[str, Any] = {}


class Extractor(GraphComponent, EntityExtractorMixin, ABC):
    """An entity extractor that works by rule and tells the classifier what it found."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Extractor:
        """Made anew for training and loaded for parsing in the same way: there is nothing to train."""
        return cls(config)

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    @abstractmethod
    def find(self, text: str) -> list[Found]:
        """The entities of a message, in the order of the text."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = [] if text.startswith("/") else self.find(text)
            message.set(ENTITIES, message.get(ENTITIES, []) + [self._entity(text, one) for one in found], True)
            _add_hints(message, found)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Shows the classifier the examples as it will see messages."""
        for message in training_data.intent_examples:
            _add_hints(message, self.find(message.get(TEXT) or ""))
        return training_data

    def _entity(self, text: str, found: Found) -> dict[str, Any]:
        return {
            "entity": found.entity,
            "value": found.value,
            "start": found.start,
            "end": found.end,
            "text": text[found.start : found.end],
            "extractor": self.name,
            **found.more,
        }


def _add_hints(message: Message, found: list[Found]) -> None:
    # Which place or number it is says nothing about the wish; which service does.
    hints = [f"{one.entity}:{one.value}" if one.entity in ("service", "language") else one.entity for one in found]
    if hints:
        message.set(HINTS, message.get(HINTS, []) + hints)
