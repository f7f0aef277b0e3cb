"""Personal identity codes, payment card numbers and IBANs are masked before anything is written (R6).

Only what passes its check digits is masked, so that an order number or a postal code never is. Spaces and hyphens
between the digits are tolerated. The masks hold no digit of the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from stdnum import iban, luhn
from stdnum.fi import hetu

_Check = Callable[[str], bool]


class Sensitive(StrEnum):
    """What was found; the value is the mask that stands in its place."""

    IDENTITY_CODE = "[henkilötunnus]"
    CARD = "[korttinumero]"
    IBAN = "[IBAN]"


_GAP = r"(?:[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff.-]|\\+u[0-9a-fA-F]{4}|\\+[nrt])"
"""What may stand between digits. Escapes of JSON too: a text may hold JSON itself, and a broken body is kept raw."""
_SEP = _GAP + "{0,3}"
_HETU = re.compile(
    rf"(?<!\d)(?P<date>\d(?:{_SEP}\d){{5}})(?P<sign>{_SEP}[-+A-FU-Y]?{_SEP})"
    rf"(?P<rest>\d(?:{_SEP}\d){{2}}{_SEP}[0-9A-Y])(?![A-Z0-9])",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}{_SEP}\d{_SEP}\d(?:{_SEP}[A-Za-z0-9]){{11,30}}(?![A-Za-z0-9])")
_CARD = re.compile(rf"(?<!\d)(?=[2-6]|[^\x00-\x7f])\d(?:{_SEP}\d){{12,18}}(?!\d)")
_GAPS = re.compile(_GAP)
_HYPHEN = re.compile(r"[-\u2010-\u2015]|\\+u201[0-5]")
_BRANDS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})"  # Visa
    r"|(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|[689]\d)\d{11,16}|35\d{14,17}"  # Diners, JCB
    r"|220[0-4]\d{12,15}"  # Mir
    r"|(5[0678]|6\d)\d{11,17}"  # Maestro, Discover, UnionPay
)

IDENTIFIERS = frozenset(
    """id mid wa_id user_id from from_user_id from_parent_user_id parent_user_id recipient_id recipient_user_id
    recipient_parent_user_id parent_recipient_user_id previous_user_id previous_parent_user_id phone_number_id
    display_phone_number timestamp time watermark app_id app_ids sha256 media_id message_id original_message_id
    group_id sticker_id ad_id mids new_owner_app_id previous_owner_app_id
    requested_owner_app_id ctwa_clid comment_id post_id to recipient phone_number""".split()
)
"""Keys of webhooks whose values are ids made by Meta or us. An id can pass a card's check digit by chance."""
_ID_FORM = re.compile(r"[A-Za-z0-9_.:=+/-]{1,512}")


def mask(text: str) -> tuple[str, frozenset[Sensitive]]:
    """Return the text with every sensitive number masked, and which kinds were found."""
    found: set[Sensitive] = set()
    while True:
        before = text
        for kind, pattern, is_valid in _RULES:
            masked = _mask_kind(text, kind, pattern, is_valid)
            if masked != text:
                found.add(kind)
            text = masked
        if text == before:  # a mask may lay bare the end of a number that stood right before it
            return text, frozenset(found)


def without_masks(text: str) -> str:
    """Return a masked text without its masks: what the customer said beside the number."""
    for kind in Sensitive:
        text = text.replace(kind.value, " ")
    return text


def storable(text: str) -> str:
    """Replace what PostgreSQL cannot keep in a text: NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def mask_json(value: Any, key: str = "") -> Any:
    """Mask every text in a parsed webhook but Meta's ids; numbers that look like a card are masked as well."""
    if isinstance(value, dict):
        return {mask(storable(name))[0]: mask_json(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [mask_json(item, key) for item in value]
    if isinstance(value, str):
        value = storable(value)
        return value if key in IDENTIFIERS and _ID_FORM.fullmatch(value) else mask(value)[0]
    if isinstance(value, int | float) and key not in IDENTIFIERS and mask(str(value))[1]:
        return mask(str(value))[0]
    return value


def _mask_kind(text: str, kind: Sensitive, pattern: re.Pattern[str], is_valid: _Check) -> str:
    """Try at every place: a figure or a word may stand right before the number and be matched along."""
    parts, done, at = [], 0, 0
    while match := pattern.search(text, at):
        end = _valid_end(match, is_valid)
        if end is None:
            at = match.start() + 1
            continue
        parts += [text[done : match.start()], kind.value]
        done = at = end
    return "".join([*parts, text[done:]])


def _valid_end(match: re.Match[str], is_valid: _Check) -> int | None:
    """Return where the valid number ends: a word or a figure may stand right behind it and be matched along."""
    text = match.group()
    ends = [i for i in range(len(text) - 1, 10, -1) if text[i - 1].isalnum() and not text[i].isalnum()]
    return next((match.start() + end for end in (len(text), *ends) if is_valid(text[:end])), None)


def _bare(text: str) -> str:
    """Drop what stands between the digits, and write digits of any script as ours."""
    text = _GAPS.sub("", text).upper()
    return text if text.isascii() else "".join(str(unicodedata.digit(sign, sign)) for sign in text)


def _is_hetu(text: str) -> bool:
    match = _HETU.fullmatch(text)
    if match is None:
        return False
    date, sign, rest = _bare(match["date"]), _bare(match["sign"]), _bare(match["rest"])
    if not sign:
        # The sign of the century is a hyphen, or was left out; ten digits without any sign are a phone number.
        sign = "-" if _HYPHEN.search(match["sign"]) else "-A" if rest[-1].isalpha() else ""
    return any(hetu.is_valid(date + century + rest, allow_temporary=True) for century in sign)


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(_bare(text)))


def _is_card(text: str) -> bool:
    digits = _bare(text)
    return _BRANDS.fullmatch(digits) is not None and bool(luhn.is_valid(digits))


_RULES: tuple[tuple[Sensitive, re.Pattern[str], _Check], ...] = (
    (Sensitive.IBAN, _IBAN, _is_iban),
    (Sensitive.IDENTITY_CODE, _HETU, _is_hetu),
    (Sensitive.CARD, _CARD, _is_card),
)
