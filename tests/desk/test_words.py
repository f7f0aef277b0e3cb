"""Words, times and the limit on attempts, without a page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from bot.config import ROOT
from bot.desk.attempts import MOST_OF_ADDRESS, Attempts
from bot.desk.names import agent_name
from bot.desk.texts import Texts
from bot.desk.transcript import overall
from bot.desk.words import WORDS
from bot.model import DeliveryStatus, Language, Owner
from tests.desk.conftest import Clock

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DESK = ROOT / "bot" / "desk"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_text_is_there_in_every_language(language: Language) -> None:
    def fields(texts: dict[str, str]) -> dict[str, set[str | None]]:
        return {key: {field for _, field, _, _ in Formatter().parse(text) if field} for key, text in texts.items()}

    assert fields(WORDS[language]) == fields(WORDS["fi"])


def test_no_page_asks_for_a_text_that_is_not_there() -> None:
    sources = [*DESK.glob("*.py"), *DESK.glob("templates/*.html")]
    used = {key for path in sources for key in _keys(path)}
    assert len(used) > 80
    assert used - set(WORDS["fi"]) == set()
    assert {f"read_only_{owner}" for owner in Owner} | {f"status_{status}" for status in DeliveryStatus} <= set(
        WORDS["fi"]
    )


def _keys(path: Path) -> list[str]:
    return re.findall(r"""\b(?:t|texts|TEXTS\])\(\s*["']([a-z0-9_]+)["']\s*[,)]""", path.read_text(encoding="utf-8"))


def test_no_word_raises_its_voice() -> None:
    assert [key for texts in WORDS.values() for key, text in texts.items() if "!" in text] == []


@pytest.mark.parametrize(
    ("minutes", "fi", "en"),
    [(0, "1 min", "1 min"), (59, "59 min", "59 min"), (60, "1 t", "1 hr"), (1315, "21 t 55 min", "21 hr 55 min"),
     (2880, "2 päivää", "2 days")],
)  # fmt: skip
def test_lengths_of_time(minutes: int, fi: str, en: str) -> None:
    length = timedelta(minutes=minutes)
    assert (Texts("fi").span(length), Texts("en").span(length)) == (fi, en)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "Tänään"),
        (date(2026, 11, 22), "Eilen"),
        (date(2026, 11, 17), "Tiistai 17.11."),
        (date(2025, 1, 7), "7.1.2025"),
    ],
)
def test_days(day: date, words: str) -> None:
    assert Texts("fi").day(day, NOON) == words


def test_times_are_finlands_whatever_the_season() -> None:
    texts = Texts("fi")
    assert texts.clock(NOON) == "12.00"
    assert texts.clock(NOON.replace(month=7)) == "13.00"
    assert texts.moment(NOON - timedelta(hours=13), NOON) == "22.11. 23.00"
    assert texts.full(NOON) == "23. marraskuuta 2026 12.00"


def test_names_of_agents() -> None:
    assert [agent_name(name) for name in ("aino", "matti.salo", "Åsa Berg")] == ["Aino", "Matti Salo", "Åsa Berg"]


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        ((), None),
        ((DeliveryStatus.READ, DeliveryStatus.SENT), DeliveryStatus.SENT),
        ((DeliveryStatus.READ, DeliveryStatus.DEAD), DeliveryStatus.DEAD),
    ],
)
def test_a_message_in_parts_is_as_far_as_its_last_part(
    statuses: tuple[DeliveryStatus, ...], shown: DeliveryStatus | None
) -> None:
    assert overall(statuses) == shown


def test_one_address_cannot_try_names_without_end() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    waits = [attempts.begin(f"name{number}", "10.0.0.1") for number in range(MOST_OF_ADDRESS + 1)]
    assert waits == [None] * MOST_OF_ADDRESS + [timedelta(minutes=5)]
    assert attempts.begin("name0", "10.0.0.2") is None


def test_attempts_are_forgotten_one_by_one_and_by_success() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(5):
        assert attempts.begin("aino", "10.0.0.1") is None
        clock.pass_by(seconds=30)
    assert attempts.begin("aino", "10.0.0.1") == timedelta(seconds=150)
    clock.pass_by(seconds=150)
    assert attempts.begin("aino", "10.0.0.1") is None
    assert attempts.begin("aino", "10.0.0.1") == timedelta(seconds=30)
    attempts.succeeded("aino", "10.0.0.1")
    assert attempts.begin("aino", "10.0.0.1") is None
