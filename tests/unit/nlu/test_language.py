import json
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.nlu.language import Identifier, _read

EXAMPLES = [
    *(("netti ei toimi meillä", "fi"), ("miksi lasku on näin iso", "fi"), ("missä tilaus on, ei toimi", "fi")),
    *(
        ("nätet fungerar inte här", "sv"),
        ("varför är räkningen så stor", "sv"),
        ("var är min beställning, nätet", "sv"),
    ),
    *(("the internet does not work", "en"), ("why is the bill so big", "en"), ("where is the order, not here", "en")),
] * 2


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier.fitted(EXAMPLES)


@pytest.mark.parametrize(
    ("text", "code"),
    [("ei toimi netti", "fi"), ("det fungerar inte", "sv"), ("it does not work here", "en"), ("TOIMI", "fi")],
)
def test_languages(identifier: Identifier, text: str, code: str) -> None:
    found = identifier.identify(text)
    assert found["code"] == code
    assert found["confidence"] > 0.5


@pytest.mark.parametrize("text", ["", "33100", "👍", "...", "中文"])
def test_nothing_to_read_gives_no_confidence(identifier: Identifier, text: str) -> None:
    assert identifier.identify(text)["confidence"] == 0


def test_more_words_make_it_surer(identifier: Identifier) -> None:
    few, many = identifier.identify("toimi"), identifier.identify("miksi netti ei toimi meillä")
    assert many["confidence"] > few["confidence"]


def test_a_language_with_many_examples_is_not_preferred() -> None:
    lopsided = Identifier.fitted([*EXAMPLES, *((text, "fi") for text, language in EXAMPLES * 20 if language == "fi")])
    assert lopsided.identify("det fungerar inte")["code"] == "sv"


def test_it_is_the_same_when_loaded(identifier: Identifier, tmp_path: Path) -> None:
    (tmp_path / "features.json").write_text(json.dumps(list(identifier.names)), "utf-8")
    np.save(tmp_path / "evidence.npy", identifier.evidence)
    assert _read(tmp_path).identify("netti ei toimi") == identifier.identify("netti ei toimi")
