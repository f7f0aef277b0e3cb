"""What Messenger and WhatsApp share: the signature, the handshake, and what an error code means."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from bot.config import Secret
from bot.errors import BadSignature, SendError, Verdict
from bot.model import Json

SIGNATURE_HEADER = "X-Hub-Signature-256"


def check_signature(body: bytes, header: str | None, secrets: Sequence[Secret]) -> None:
    """Raise `BadSignature` unless the raw body is signed with one of the secrets.

    The bytes as they came are what Meta signed; parsing first would change its escapes (meta-platform 1.2).
    """
    scheme, _, signature = (header or "").partition("=")
    given = signature.encode("utf-8", "surrogateescape")
    valid = [hmac.compare_digest(sign(body, secret).encode(), given) for secret in secrets]
    if scheme != "sha256" or not any(valid):
        raise BadSignature("the signature is missing or not ours")


def sign(body: bytes, secret: Secret) -> str:
    """Return the HMAC-SHA256 of the body in lower-case hex."""
    return hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()


def app_secret_proof(token: Secret, secret: Secret) -> str:
    """Return the proof that goes with every Graph call when "Require App Secret" is on (meta-platform 3.4)."""
    return hmac.new(secret.reveal().encode(), token.reveal().encode(), hashlib.sha256).hexdigest()


_REPEAT = {4, 17, 32, 613, 80001, 80002, 80006, 80007, 130429, 131056}
_UNKNOWN = {1, 2, 1200, 131000, 131016, 133004, 131057}
_STOP = {0, 3, 102, 190, 368, 131005, 131031, 131042, 131048, 131064} | set(range(200, 300)) - {230}
_WINDOW = {131047, (10, 2018278), (10, 2018065), (10, 2534022)}
_RECIPIENT = {(200, 1545041), (551, 1545041), (10, 2018108), (100, 2018001)}
_STOP_PAIRS = {(10, 1893063), (10, None)}
PAIR_LIMIT = 131056


def error_from_response(status: int, body: Json, attempt: int) -> SendError:
    """Turn an error answer of the Graph API into a decision, by code and subcode alone (meta-platform 3.3)."""
    error = body.get("error") if isinstance(body.get("error"), dict) else {}
    assert isinstance(error, dict)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    verdict = _verdict(status, code, subcode, bool(error.get("is_transient")))
    wait = 4.0**attempt if code == PAIR_LIMIT else None
    return SendError(verdict, _reason(verdict, code, subcode), code, wait)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _verdict(status: int, code: int | None, subcode: int | None, transient: bool) -> Verdict:
    pair = (code, subcode)
    if pair in _WINDOW or code in _WINDOW or pair in _RECIPIENT:
        return Verdict.DEAD
    if code in _REPEAT or (code is None and status == 429):
        return Verdict.REPEAT
    if code in _STOP or pair in _STOP_PAIRS:
        return Verdict.STOP
    if code is None or code in _UNKNOWN or transient or status >= 500:  # without a code: not the Graph API's own words
        return Verdict.UNKNOWN
    return Verdict.DEAD


def _reason(verdict: Verdict, code: int | None, subcode: int | None) -> str:
    if code in _WINDOW or (code, subcode) in _WINDOW:
        return "the time for free replies is over"
    return {
        Verdict.REPEAT: "the platform asks to slow down",
        Verdict.UNKNOWN: "the platform had a fault; the reply may have gone out",
        Verdict.DEAD: "the platform refused the reply",
        Verdict.STOP: "the platform does not let this account send; check token, permissions and account status",
    }[verdict]
