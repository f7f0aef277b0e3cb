"""The content has what the actions say, whole in each language."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.wording import LANGUAGES
from tests.unit.actions.conftest import ROOT

PLACEHOLDER = re.compile(r"{(\w+)}")
LITERAL = re.compile(r'"(utter_\w+)"')
INTENTS = set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"])
FROM_THE_PRODUCT = {
    "utter_handoff_open": {"position", "minutes"},
    "utter_handoff_closed": {"opens"},
    "utter_turn_failed": set(),
    "utter_sensitive": {"link"},
    "utter_bot_back": set(),
    "utter_wait_time_open": {"position", "minutes"},
    "utter_wait_time_closed": {"opens"},
    "utter_attachment": set(),
    "utter_agent_joined": {"agent"},
}


def own_files() -> list[Path]:
    """The answers that are no FAQ; those have their own checks."""
    return sorted((ROOT / "data" / "stories").glob("*.yml"))


def own_responses() -> list[tuple[str, list[dict[str, Any]]]]:
    files = [yaml.safe_load(path.read_text("utf-8")) for path in own_files()]
    return [item for file in files for item in file["responses"].items()]


@pytest.mark.parametrize(("name", "variants"), own_responses(), ids=[name for name, _ in own_responses()])
def test_response_is_whole_in_each_language(name: str, variants: list[dict[str, Any]]) -> None:
    conditions = [[c["value"] for c in variant.get("condition", [])] for variant in variants]
    assert conditions == [[], ["sv"], ["en"]]
    assert len(variants) == len(LANGUAGES)
    assert len({frozenset(PLACEHOLDER.findall(variant["text"])) for variant in variants}) == 1
    for variant in variants:
        assert "!" not in variant["text"]
        assert variant["text"] == variant["text"].strip()
        assert len(variant.get("buttons", [])) == len(variants[0].get("buttons", [])) <= 3
        assert all(len(button["title"]) <= 20 for button in variant.get("buttons", []))
        assert all(re.match(r"/(\w+)", b["payload"])[1] in INTENTS for b in variant.get("buttons", []))  # type: ignore[index]


def test_titles_fit_a_button() -> None:
    titles = [v["text"] for name, variants in own_responses() if name.startswith("utter_title_") for v in variants]
    assert len(titles) > 40
    assert all(len(title) <= 20 for title in titles)


def test_every_response_that_an_action_names_exists(domain: dict[str, Any]) -> None:
    named = {name for path in (ROOT / "actions").glob("*.py") for name in LITERAL.findall(path.read_text("utf-8"))}
    assert len(named) > 40
    assert named <= domain["responses"].keys()


@pytest.mark.parametrize(("name", "values"), FROM_THE_PRODUCT.items())
def test_product_responses_take_what_the_product_gives(domain: dict[str, Any], name: str, values: set[str]) -> None:
    assert set(PLACEHOLDER.findall(domain["responses"][name][0]["text"])) == values


def test_every_candidate_of_a_clarification_has_a_title(domain: dict[str, Any]) -> None:
    without = {"nlu_fallback", "out_of_scope"}
    assert {f"utter_title_{intent}" for intent in INTENTS - without} <= domain["responses"].keys()
