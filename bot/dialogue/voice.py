"""What the product itself says, from the content: without Rasa, so that the desk can say it too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from actions.moments import in_words
from actions.wording import Wording
from bot.errors import ConfigError
from bot.model import Button, Json, Reply


class Voice:
    """The responses of the content in three languages."""

    def __init__(self, responses: dict[str, list[Json]]) -> None:
        self._domain = {"responses": responses}

    def say(self, response: str, language: str, **values: str) -> Reply:
        """Return a response in a language with its placeholders filled."""
        wording = Wording(self._domain, language)
        if not wording.has(response):
            raise ConfigError(f"the content has no response {response}")
        return Reply(text=wording.text(response, **values).strip(), buttons=self._buttons(response, language))

    def _buttons(self, response: str, language: str) -> tuple[Button, ...]:
        variants = self._domain["responses"][response]
        of_language = [v for v in variants if any(c["value"] == language for c in v.get("condition") or ())]
        return buttons_of((of_language or variants)[0])

    def moment(self, at: datetime, now: datetime, language: str) -> str:
        """Return a moment in words, as the actions say it: "tänään klo 15.30"."""
        return in_words(at, now, Wording(self._domain, language))


def buttons_of(message: Json) -> tuple[Button, ...]:
    """Return the buttons of a Rasa message."""
    return tuple(
        Button(title=button["title"], payload=button.get("payload"), url=button.get("url"))
        for button in message.get("buttons") or ()
    )


def load_voice(project: Path) -> Voice:
    """Read the responses of the content: domain.yml and every file of data/stories."""
    responses: dict[str, Any] = {}
    for path in [project / "domain.yml", *sorted((project / "data" / "stories").rglob("*.yml"))]:
        responses |= (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}
    return Voice(responses)
