import pytest

from bot.config import ROOT
from bot.dialogue.nlu.wishes import DEFAULT_FILE, LanguageWishExtractor

WISHES = LanguageWishExtractor({"file": ROOT / DEFAULT_FILE})


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("på svenska tack", ["sv"]),
        ("in English please", ["en"]),
        ("suomeksi kiitos", ["fi"]),
        ("voiks jatkaa ruotsiks", ["sv"]),
        ("puhutko englantia", ["en"]),
        ("på finska", ["fi"]),
        ("can we continue in Swedish", ["sv"]),
        ("svenska eller engelska", ["sv", "en"]),
        ("I don't speak Finnish, english please", ["en"]),
        ("jag kan inte finska, på svenska tack", ["sv"]),
    ],
)
def test_the_language_asked_for(text: str, languages: list[str]) -> None:
    assert [found.value for found in WISHES.find(text)] == languages


@pytest.mark.parametrize(
    "text",
    ["en puhu suomea", "jag talar inte finska", "I don’t understand Finnish", "Ruotsissa ei toimi data", "moi", ""],
)
def test_no_wish(text: str) -> None:
    assert WISHES.find(text) == []
