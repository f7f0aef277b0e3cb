"""Wording from the content: the domain's responses, for what is a part of a sentence and no reply of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("fi", "sv", "en")
DEFAULT_LANGUAGE = "fi"
# A Finnish or Swedish date ends in a full stop ("26.11."); at the end of a sentence one is enough.
DOUBLE_STOP = re.compile(r"(?<!\.)\.\.(?!\.)")


@dataclass(frozen=True)
class Wording:
    """The responses of a domain in one language."""

    domain: Mapping[str, Any]
    language: str

    def has(self, response: str) -> bool:
        """Whether the content knows this response."""
        return response in self._responses()

    def text(self, response: str, **values: object) -> str:
        """The response's text with its placeholders filled. A response that is not in the content is a KeyError."""
        variants = self._responses()[response]
        chosen = next((v for v in variants if self._suits(v)), variants[0])
        return DOUBLE_STOP.sub(".", str(chosen["text"]).format(**values))

    def _responses(self) -> Mapping[str, list[dict[str, Any]]]:
        responses: Mapping[str, list[dict[str, Any]]] = self.domain.get("responses", {})
        return responses

    def _suits(self, variant: Mapping[str, Any]) -> bool:
        conditions = variant.get("condition") or []
        wanted = [c["value"] for c in conditions if c.get("name") == "language"]
        return wanted == ([] if self.language == DEFAULT_LANGUAGE else [self.language])
