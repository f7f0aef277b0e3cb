"""Which language a conversation goes on in."""

import pytest

from actions.language import language_after

SURE_SV = {"code": "sv", "confidence": 0.95}
SURE_FI = {"code": "fi", "confidence": 0.95}


@pytest.mark.parametrize(
    ("current", "text", "detected", "wished", "after"),
    [
        (None, "hej", SURE_SV, None, "sv"),
        (None, "33100", SURE_SV, None, None),
        (None, "👍", SURE_SV, None, None),
        (None, "ok", {"code": "en", "confidence": 0.3}, None, None),
        (None, "moi", None, None, None),
        (None, "hola", {"code": "es", "confidence": 0.99}, None, None),
        ("fi", "tack", SURE_SV, None, "fi"),
        ("fi", "tack så mycket", SURE_SV, None, "sv"),
        ("fi", "tack så mycket", {"code": "sv", "confidence": 0.6}, None, "fi"),
        ("fi", "RT 12345 och 33100 20100", SURE_SV, None, "fi"),
        ("sv", "missä mun tilaus on", SURE_FI, None, "fi"),
        ("fi", "puhutaan englantia kiitos", SURE_FI, "en", "en"),
        ("fi", "puhutaan viroa kiitos", SURE_FI, "et", "fi"),
    ],
)
def test_language_after(current: str, text: str, detected: dict[str, object], wished: str, after: str) -> None:
    assert language_after(current, text, detected, wished) == after
