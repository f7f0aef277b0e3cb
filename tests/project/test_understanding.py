"""How well the trained model understands messages that it has never seen; the bounds are those of the first release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent

from tests.understanding.measure import load, measure, rows

LANGUAGES = ("fi", "sv", "en")


@pytest.fixture(scope="session")
async def figures(model_path: Path) -> dict[str, Any]:
    return await measure(model_path)


@pytest.fixture(scope="session")
def agent(model_path: Path) -> Agent:
    return load(model_path)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_intent_is_right(figures: dict[str, Any], language: str) -> None:
    assert figures["right"][language] >= 0.85, figures["confusions"]


async def test_what_is_out_of_scope_is_refused(figures: dict[str, Any]) -> None:
    assert figures["refused_all"] >= 0.85


async def test_places_are_found(figures: dict[str, Any]) -> None:
    assert figures["places"] >= 0.90


async def test_the_language_is_right(figures: dict[str, Any]) -> None:
    assert figures["languages"] >= 0.97


async def test_parsing_is_quick(figures: dict[str, Any]) -> None:
    assert figures["parse_ms"] <= 15, "five times the wanted median, for a machine that is busy with other tests"


def test_the_measuring_set_covers_every_intent_in_every_language() -> None:
    seen = {(row["intent"], row["language"]) for row in rows("unseen.tsv")}
    intents = {intent for intent, _ in seen}
    assert len(intents) == 43
    assert seen == {(intent, language) for intent in intents for language in LANGUAGES}


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "   \t", "🦄🦄", "....", "?", "👍🏽", "\u200d", "a" * 5000, "\x00", "ä" * 3, "/"],
    ids=lambda text: ascii(text[:9]),
)
async def test_nothing_a_phone_can_send_breaks_it(agent: Agent, text: str) -> None:
    parsed = await agent.parse_message(text)
    assert parsed["intent"]["name"]
    assert 0 <= parsed["intent"]["confidence"] <= 1
    assert parsed["language"]["code"] in LANGUAGES


async def test_a_button_is_understood_as_it_is(agent: Agent) -> None:
    parsed = await agent.parse_message('/inform{"place": "Tampere"}')
    assert (parsed["intent"]["name"], parsed["intent"]["confidence"]) == ("inform", 1.0)
    assert [(entity["entity"], entity["value"]) for entity in parsed["entities"]] == [("place", "Tampere")]


async def test_below_the_threshold_the_likeliest_intents_follow(agent: Agent) -> None:
    parsed = await agent.parse_message("asdf qwer laskutilausnetti")
    ranking = parsed["intent_ranking"]
    assert ranking[0] == parsed["intent"]
    assert ranking[0]["name"] in ("nlu_fallback", "out_of_scope")
    assert len(ranking) > 3
    assert [one["confidence"] for one in ranking[1:]] == sorted(
        (one["confidence"] for one in ranking[1:]), reverse=True
    )


async def test_all_that_a_message_holds(agent: Agent) -> None:
    text = "onko laajakaistassa vikaa Turussa 20100"
    parsed = await agent.parse_message(text)
    assert parsed["intent"]["name"] == "check_outage"
    assert {(one["entity"], one["value"], one["text"]) for one in parsed["entities"]} == {
        ("service", "broadband", "laajakaistassa"),
        ("place", "Turku", "Turussa"),
        ("postal_code", "20100", "20100"),
    }
    assert all(text[one["start"] : one["end"]] == one["text"] for one in parsed["entities"])
    assert parsed["language"]["code"] == "fi"
