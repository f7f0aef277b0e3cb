"""The language that a customer asks for: "på svenska tack", "in English please", "suomeksi"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.dialogue.nlu.extractor import Extractor, Found
from bot.dialogue.nlu.text import fold, words
from bot.dialogue.nlu.vocabulary import Match, Vocabulary

DEFAULT_FILE = "data/vocabulary/languages.tsv"
# "I don't speak Finnish" asks for anything but Finnish.
_NOT = frozenset("en ei eika enka inte not dont don't cant can't no ej ikke huonosti".split())
_REACH = 4  # words between the negation and the language, within a clause


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
)
class LanguageWishExtractor(Extractor):
    """Entity `language`: fi, sv or en."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self._vocabulary = Vocabulary(Path(config["file"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`file`: the table of words, relative to the project."""
        return {"file": DEFAULT_FILE}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A changed table means training anew."""
        return Path(config.get("file", DEFAULT_FILE)).read_text(encoding="utf-8")

    def find(self, text: str) -> list[Found]:
        """The languages that a message asks for, each once."""
        first: dict[str, Found] = {}
        for match in self._vocabulary.find(text):
            if not _negated(text, match):
                first.setdefault(match.value, Found("language", match.value, match.start, match.end))
        return list(first.values())


def _negated(text: str, match: Match) -> bool:
    clause = re.split(r"[.,;!?]", text[: match.start])[-1].replace("’", "'")
    before = [fold(word.text) for word in words(clause)][-_REACH:]
    return not _NOT.isdisjoint(before)
