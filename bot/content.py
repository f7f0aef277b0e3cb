"""Is the content complete: every meaning with examples and an answer in three languages, every button short enough.

What Rasa itself checks (stories against each other, names that do not exist) its own validator does; see bot.checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.channels.layout import MESSENGER
from bot.model import LANGUAGES, Json

FEWEST_EXAMPLES = {"fi": 30, "sv": 15, "en": 15}
NO_EXAMPLES = frozenset({"nlu_fallback"})
PRODUCT_RESPONSES: dict[str, frozenset[str]] = {
    "utter_handoff_open": frozenset({"position", "minutes"}),
    "utter_handoff_closed": frozenset({"opens"}),
    "utter_wait_time_open": frozenset({"position", "minutes"}),
    "utter_wait_time_closed": frozenset({"opens"}),
    "utter_turn_failed": frozenset(),
    "utter_sensitive": frozenset({"link"}),
    "utter_bot_back": frozenset(),
    "utter_attachment": frozenset(),
    "utter_agent_joined": frozenset({"agent"}),
    "utter_outage_fixed": frozenset({"place", "service"}),
    "utter_outage_unlisted": frozenset(),
}
"""What the product says itself, with the placeholders that it fills."""
_PLACEHOLDER = re.compile(r"{(\w+)}")


def problems(project: Path) -> list[str]:
    """Return what is wrong with the content, in words, each with its file or name."""
    domain, examples, responses = _read(project)
    found = [*_example_problems(domain["intents"], examples), *_response_problems(responses, set(domain["intents"]))]
    return [*found, *_product_response_problems(responses)]


def _read(project: Path) -> tuple[Json, dict[tuple[str, str], list[str]], dict[str, list[Json]]]:
    domain: Json = yaml.safe_load((project / "domain.yml").read_text(encoding="utf-8"))
    examples: dict[tuple[str, str], list[str]] = {}
    responses: dict[str, list[Json]] = dict(domain.get("responses") or {})
    for path in sorted((project / "data").rglob("*.yml")):
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in data.get("nlu") or ():
            key = block["intent"], (block.get("metadata") or {}).get("language", "?")
            lines = (line.strip() for line in block["examples"].splitlines())
            examples.setdefault(key, []).extend(line.removeprefix("- ") for line in lines if line)
        responses |= data.get("responses") or {}
    return domain, examples, responses


def _example_problems(intents: list[Any], examples: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    names = {intent if isinstance(intent, str) else next(iter(intent)) for intent in intents} - NO_EXAMPLES
    for name in sorted(names):
        for language in LANGUAGES:
            count, wanted = len(examples.get((name, language), ())), FEWEST_EXAMPLES[language]
            if count < wanted:
                yield f"{name}: {count} examples in {language}, at least {wanted} are needed"
    for name, tongue in sorted(examples):
        if name not in names or tongue not in LANGUAGES:
            yield f"examples of {name} in {tongue}: no such intent or language"
    yield from _shared_examples(examples)


def _shared_examples(examples: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    owners: dict[str, set[str]] = {}
    for (name, _), lines in examples.items():
        for line in lines:
            owners.setdefault(line.casefold(), set()).add(name)
    for text, names in sorted(owners.items()):
        if len(names) > 1:
            yield f"the example {text!r} stands in {' and '.join(sorted(names))}"


def _response_problems(responses: dict[str, list[Json]], intents: set[Any]) -> Iterator[str]:
    for name, variants in sorted(responses.items()):
        languages = [_language(variant) for variant in variants]
        for language in LANGUAGES:
            if language not in languages:
                yield f"{name}: no text in {language}"
        placeholders = {frozenset(_PLACEHOLDER.findall(str(variant.get("text")))) for variant in variants}
        if len(placeholders) > 1:
            yield f"{name}: the languages have different placeholders"
        for variant in variants:
            yield from _button_problems(name, variant, intents)


def _language(variant: Json) -> str:
    values = [part["value"] for part in variant.get("condition") or () if part.get("name") == "language"]
    return values[0] if values else "fi"


def _button_problems(name: str, variant: Json, intents: set[Any]) -> Iterator[str]:
    for button in variant.get("buttons") or ():
        title, payload = button["title"], str(button.get("payload", ""))
        if len(title) > MESSENGER.button_title and "{" not in title:
            yield f"{name}: the button {title!r} is longer than {MESSENGER.button_title} characters"
        intent = re.match(r"/(\w+)", payload)
        if intent is not None and intent.group(1) not in intents:
            yield f"{name}: the button {title!r} leads to {intent.group(1)}, which does not exist"
    if name.startswith("utter_title_") and len(str(variant["text"]).strip()) > MESSENGER.button_title:
        yield f"{name}: {variant['text']!r} is longer than a button ({MESSENGER.button_title} characters)"


def _product_response_problems(responses: dict[str, list[Json]]) -> Iterator[str]:
    for name, filled in PRODUCT_RESPONSES.items():
        if name not in responses:
            yield f"{name} is missing: the product says it"
        for variant in responses.get(name, ()):
            unknown = set(_PLACEHOLDER.findall(str(variant.get("text")))) - filled
            if unknown:
                yield f"{name}: nobody fills {', '.join(sorted(unknown))}"
