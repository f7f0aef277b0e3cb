"""The signature, the proof, and what every error code of the Graph API means for a reply (meta-platform 3.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from bot.channels.meta import app_secret_proof, check_signature, error_from_response, sign
from bot.config import Secret
from bot.errors import BadSignature, Verdict

SECRETS = (Secret("new"), Secret("old"))
BODY = b'{"object":"page","x":"\\u00e4"}'
REPEAT, UNKNOWN, DEAD, STOP = Verdict.REPEAT, Verdict.UNKNOWN, Verdict.DEAD, Verdict.STOP

VERDICTS: dict[Verdict, list[int | tuple[int, int]]] = {
    REPEAT: [4, 17, 32, 613, 80001, 80002, 80006, 80007, 130429, 131056],
    UNKNOWN: [1, 2, 1200, 131000, 131016, 133004, 131057],
    STOP: [0, 3, 10, 102, 190, 200, 210, 299, 368, 131005, 131031, 131042, 131048, 131064, (10, 1893063), (190, 463)],
    DEAD: [
        *(131047, (10, 2018278), (10, 2018065), (10, 2534022)),  # the window is closed
        *(131026, 130472, 131021, 130497, 130403, 551, 230),  # this person
        *((200, 1545041), (551, 1545041), (10, 2018108), (100, 2018001)),
        *(100, 33, 131008, 131009, 131030, 131051, 131052, 131053, 131062, 132000, 133010, 135000),  # our request
        *(131049, 131050),  # marketing
        987654,  # a code that nobody knows
    ],
}
CODES = [(verdict, code) for verdict, codes in VERDICTS.items() for code in codes]


def answer(code: int | tuple[int, int], **more: Any) -> dict[str, Any]:
    number, subcode = code if isinstance(code, tuple) else (code, None)
    return {"error": {"message": "x", "code": number, **({"error_subcode": subcode} if subcode else {}), **more}}


@pytest.mark.parametrize(("verdict", "code"), CODES)
def test_every_code_has_its_verdict(verdict: Verdict, code: int | tuple[int, int]) -> None:
    error = error_from_response(400, answer(code), 1)
    assert error.verdict is verdict
    assert error.code == (code[0] if isinstance(code, tuple) else code)


OTHERS: dict[str, tuple[int, Any, Verdict]] = {
    "gone on the way": (502, {}, UNKNOWN),
    "unavailable": (503, {"error": "down"}, UNKNOWN),
    "transient, whatever its code": (400, answer(987654, is_transient=True), UNKNOWN),
    "a gateway's limit": (429, {}, REPEAT),
    "somebody else's refusal": (403, {}, UNKNOWN),
    "a code that is no number": (400, answer("190"), UNKNOWN),  # type: ignore[arg-type]
    "a code that is a list": (400, {"error": {"code": [190]}}, UNKNOWN),
    "an error under 200": (200, answer(190), STOP),
    "server error with a known code": (500, answer(130429), REPEAT),
}


@pytest.mark.parametrize(("status", "body", "verdict"), OTHERS.values(), ids=OTHERS)
def test_other_answers(status: int, body: Any, verdict: Verdict) -> None:
    assert error_from_response(status, body, 1).verdict is verdict


def test_the_pair_limit_waits_ever_longer() -> None:
    assert [error_from_response(400, answer(131056), attempt).retry_after for attempt in (1, 2, 3)] == [4, 16, 64]
    assert error_from_response(400, answer(130429), 3).retry_after is None


def test_the_reason_is_ours_and_not_metas() -> None:
    told = answer(131047)
    told["error"]["message"] = "to +358451239876: moi"
    assert str(error_from_response(400, told, 1)) == "the time for free replies is over (code 131047)"


def hexdigest(key: str, body: bytes = BODY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("key", ["new", "old"])
def test_any_of_our_secrets_will_do(key: str) -> None:
    check_signature(BODY, f"sha256={hexdigest(key)}", SECRETS)


BAD = {
    "none": None,
    "empty": "",
    "scheme only": "sha256=",
    "another secret": f"sha256={hexdigest('guess')}",
    "another body": f"sha256={hexdigest('new', BODY + b' ')}",
    "upper case": f"sha256={hexdigest('new').upper()}",
    "blank behind": f"sha256={hexdigest('new')} ",
    "another scheme": f"sha1={hexdigest('new')}",
    "bytes that are no text": "sha256=\udce4\udcf6",
    "not ASCII": "sha256=ääkköset",
}


@pytest.mark.parametrize("header", BAD.values(), ids=BAD)
def test_anything_else_is_refused(header: str | None) -> None:
    with pytest.raises(BadSignature):
        check_signature(BODY, header, SECRETS)


def test_without_a_secret_nothing_is_good() -> None:
    with pytest.raises(BadSignature):
        check_signature(BODY, f"sha256={hexdigest('new')}", ())


def test_signature_and_proof_are_metas() -> None:
    assert sign(BODY, SECRETS[0]) == hexdigest("new")
    assert app_secret_proof(Secret("token"), Secret("new")) == hexdigest("new", b"token")
