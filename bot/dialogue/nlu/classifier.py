"""Rasa component: the intent of a message, or that it is better not to guess."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.nlu import linear, refusal
from bot.dialogue.nlu.extractor import HINTS
from bot.dialogue.nlu.features import Document, Features
from bot.dialogue.nlu.lemmas import Lemmas, dictionary
from bot.dialogue.nlu.linear import LinearModel
from bot.dialogue.nlu.refusal import OUT_OF_SCOPE, Refusal

FALLBACK = "nlu_fallback"
_RANKING = 10
logger = logging.getLogger(__name__)


class Understanding:
    """What was learned; gives a ranking of intents for a document."""

    def __init__(self, features: Features, model: LinearModel, limit: Refusal) -> None:
        self.features, self.model, self.limit = features, model, limit
        self._known = np.flatnonzero(model.labels != OUT_OF_SCOPE)
        self._strange = np.flatnonzero(model.labels == OUT_OF_SCOPE)

    def ranking(self, document: Document) -> list[dict[str, Any]]:
        """Intents with the chance that each is right, likeliest first.

        What is refused has `out_of_scope` first when that is likelier than anything else, and else `nlu_fallback` with
        the confidence of the likeliest real intent, which follows it.
        """
        indices, values = self.features.vector(document)
        if not len(indices):
            return [_ranked(FALLBACK, 0.0)]
        scores = self.model.scores(indices, values)
        against = float(scores[self._strange].max()) if len(self._strange) else 0.0
        known = scores[self._known]
        confidences = self.limit.confidences(known, against)
        order = np.argsort(-confidences, kind="stable")[:_RANKING]
        real = [_ranked(str(self.model.labels[self._known[i]]), float(confidences[i])) for i in order]
        best = real[0]["confidence"]
        if best >= self.limit.threshold:
            return real
        if len(self._strange) and against > known.max():
            return [_ranked(OUT_OF_SCOPE, 1 - best), *real]
        return [_ranked(FALLBACK, best), *real]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Intent and intent ranking of messages in three languages, with a learned refusal."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings of config.yml.

        `refuse`: the share of out-of-scope examples to stop, a little more than what is wanted of new messages;
        `folds` of the cross-validation that finds the threshold; `strength`, `weight` and `rounds` of the learner.
        """
        return {"refuse": 0.91, "folds": 3, "strength": 10.0, "weight": 10.0, "rounds": 5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The component as it was trained; ValueError when the model holds none."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, read(folder))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        understanding: Understanding | None = None,
    ) -> None:
        self._config = config
        self._model_storage, self._resource = model_storage, resource
        self._understanding = understanding

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples that have a text and an intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        documents = [Document(m.get(TEXT), tuple(m.get(HINTS, ()))) for m in examples]
        self._understanding = learn(documents, np.array([m.get(INTENT) for m in examples]), self._config)
        with self._model_storage.write_to(self._resource) as folder:
            write(self._understanding, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking."""
        if self._understanding is None:
            raise RuntimeError("the classifier is not trained")
        for message in messages:
            ranking = self._understanding.ranking(Document(message.get(TEXT) or "", message.get(HINTS, ())))
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def learn(documents: list[Document], labels: linear.Labels, config: dict[str, Any]) -> Understanding:
    """Features, model and refusal of these examples."""
    started = time.perf_counter()
    features, rows = Features.fitted(documents, dictionary())
    settings = linear.Settings(config["strength"], config["weight"], config["rounds"], OUT_OF_SCOPE)
    model = linear.fit(rows, labels, settings)
    held_out = linear.held_out_scores(rows, labels, settings, config["folds"])
    limit = refusal.fit(held_out, model.labels, labels, config["refuse"])
    took = time.perf_counter() - started
    logger.info("classifier: %d examples, %d features, %.1f s", len(labels), len(features.names), took)
    return Understanding(features, model, limit)


def write(understanding: Understanding, folder: Path) -> None:
    """Plain arrays and JSON: nothing in a model file can run code when it is loaded, as a pickle could."""
    features, model = understanding.features, understanding.model
    (folder / "features.json").write_text(json.dumps(features.names, ensure_ascii=False), encoding="utf-8")
    (folder / "refusal.json").write_text(json.dumps(understanding.limit._asdict()))
    np.savez(
        folder / "model.npz",
        rarity=features.rarity,
        lemmas=features.lemmas.pairs,
        labels=model.labels,
        weights=model.weights,
        bias=model.bias,
    )


def read(folder: Path) -> Understanding:
    """What `write` wrote."""
    names = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    limit = Refusal(**json.loads((folder / "refusal.json").read_text()))
    with np.load(folder / "model.npz", allow_pickle=False) as arrays:
        features = Features(names, arrays["rarity"], Lemmas(arrays["lemmas"]))
        model = LinearModel(arrays["labels"], arrays["weights"], arrays["bias"])
    return Understanding(features, model, limit)


def _ranked(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}
