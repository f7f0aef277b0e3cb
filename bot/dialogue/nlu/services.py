"""Which service a message is about, by the words people use: "laajis", "kännykkä", "töllö", "appi"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.dialogue.nlu.extractor import Extractor, Found
from bot.dialogue.nlu.text import fold, words
from bot.dialogue.nlu.vocabulary import Match, Vocabulary

DEFAULT_FILE = "data/vocabulary/services.tsv"
_AND = frozenset("ja seka eika tai och samt eller and or nor plus myos".split())


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
)
class ServiceExtractor(Extractor):
    """Entity `service`: broadband, mobile, tv or online."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self._vocabulary = Vocabulary(Path(config["file"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`file`: the table of words, relative to the project. The value "internet" means either kind of it."""
        return {"file": DEFAULT_FILE}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A changed table means training anew."""
        return Path(config.get("file", DEFAULT_FILE)).read_text(encoding="utf-8")

    def find(self, text: str) -> list[Found]:
        """The services of a message, each once, where it is named first."""
        matches = self._vocabulary.find(text)
        internet = "mobile" if _on_the_phone(text, matches) else "broadband"
        first: dict[str, Found] = {}
        for match in matches:
            service = internet if match.value == "internet" else match.value
            first.setdefault(service, Found("service", service, match.start, match.end))
        return list(first.values())


def _on_the_phone(text: str, matches: Sequence[Match]) -> bool:
    """True when "netti" is that of the phone: "netti kännykässä", but not "netti ja puhelin"."""
    values = {match.value for match in matches}
    joined = any(fold(word.text) in _AND for word in words(text))
    return "mobile" in values and "broadband" not in values and not joined
