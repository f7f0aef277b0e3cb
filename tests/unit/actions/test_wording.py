"""Words from the content."""

import pytest

from actions.wording import Wording

DOMAIN = {
    "responses": {
        "utter_x": [
            {"text": "suomi {n}."},
            {"text": "svenska {n}", "condition": [{"type": "slot", "name": "language", "value": "sv"}]},
        ]
    }
}


def test_language_decides() -> None:
    assert Wording(DOMAIN, "sv").text("utter_x", n=1) == "svenska 1"


def test_finnish_is_said_where_a_language_is_missing() -> None:
    assert Wording(DOMAIN, "en").text("utter_x", n=1) == "suomi 1."


def test_date_at_the_end_of_a_sentence_keeps_one_full_stop() -> None:
    assert Wording(DOMAIN, "fi").text("utter_x", n="26.11.") == "suomi 26.11."
    assert Wording(DOMAIN, "fi").text("utter_x", n="..") == "suomi ..."


def test_unknown_response_is_an_error() -> None:
    with pytest.raises(KeyError):
        Wording(DOMAIN, "fi").text("utter_y")
