"""Personal identity codes, payment card numbers and IBANs are masked before anything is written (R6).

Only what passes its check digits is masked, so that an order number or a postal code never is. Spaces and hyphens
between the digits are tolerated. The masks hold no digit of the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from stdnum import iban, luhn
from stdnum.fi import hetu


class Sensitive(StrEnum):
    """What was found; the value is the mask that stands in its place."""

    IDENTITY_CODE = "[henkilötunnus]"
    CARD = "[korttinumero]"
    IBAN = "[IBAN]"


_GAP = r"[\s\u00a0\u2010-\u2015.-]?"
_HETU = re.compile(
    rf"(?<!\d)(\d{_GAP}){{5}}\d\s?[-+\u2010-\u2015A-FU-Ya-fu-y]?\s?(\d\s?){{3}}[0-9A-Ya-y](?![A-Za-z0-9])"
)
_IBAN = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}{_GAP}\d{_GAP}\d(?:{_GAP}[A-Za-z0-9]){{11,30}}(?![A-Za-z0-9])")
_CARD = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{12,18}}(?![0-9])")
_CARD_PREFIX = ("2", "3", "4", "5", "6")
_HYPHENS = re.compile(r"[\u2010-\u2015]")
_NOT_CODE = re.compile(r"[\s\u00a0.\-\u2010-\u2015]")

IDENTIFIERS = frozenset(
    """id mid wa_id user_id from from_user_id from_parent_user_id parent_user_id recipient_id recipient_user_id
    recipient_parent_user_id parent_recipient_user_id previous_user_id previous_parent_user_id phone_number_id
    display_phone_number timestamp time watermark app_id app_ids sha256 media_id message_id original_message_id
    group_id sticker_id ad_id mids biz_opaque_callback_data metadata new_owner_app_id previous_owner_app_id
    requested_owner_app_id ctwa_clid comment_id post_id to recipient phone_number""".split()
)
"""Keys of webhooks whose values are ids made by Meta or us. An id can pass a card's check digit by chance."""
_ID_FORM = re.compile(r"[A-Za-z0-9_.:=+/-]{1,512}")


def mask(text: str) -> tuple[str, frozenset[Sensitive]]:
    """Return the text with every sensitive number masked, and which kinds were found."""
    found: set[Sensitive] = set()
    for kind, pattern, is_valid in _RULES:
        text = pattern.sub(_masker(kind, is_valid, found), text)
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
    if isinstance(value, str):
        value = storable(value)
    if isinstance(value, dict):
        return {mask(storable(name))[0]: mask_json(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [mask_json(item, key) for item in value]
    if key in IDENTIFIERS and (isinstance(value, int) or (isinstance(value, str) and _ID_FORM.fullmatch(value))):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and mask(str(value))[1]:
        return mask(str(value))[0]
    return mask(value)[0] if isinstance(value, str) else value


def _masker(kind: Sensitive, is_valid: Callable[[str], bool], found: set[Sensitive]) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        cut = _valid_part(match.group(), is_valid)
        if cut is None:
            return match.group()
        found.add(kind)
        start, end = cut
        return match.group()[:start] + kind.value + match.group()[end:]

    return replace


def _valid_part(text: str, is_valid: Callable[[str], bool]) -> tuple[int, int] | None:
    """Return where the valid number lies: a word or a figure may stand right behind it and be matched along."""
    if is_valid(text):
        return 0, len(text)
    for end in range(len(text) - 1, 10, -1):
        if text[end - 1].isalnum() and not text[end].isalnum() and is_valid(text[:end]):
            return 0, end
    return None


def _is_hetu(text: str) -> bool:
    code = re.sub(r"[\s\u00a0.]", "", _HYPHENS.sub("-", text)).upper()
    if len(code) == 10 and code[-1].isalpha():
        code = f"{code[:6]}-{code[6:]}"  # the sign of the century was left out
    return bool(hetu.is_valid(code, allow_temporary=True))


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(_NOT_CODE.sub("", text).upper()))


def _is_card(text: str) -> bool:
    digits = _NOT_CODE.sub("", text)
    return 13 <= len(digits) <= 19 and digits.startswith(_CARD_PREFIX) and bool(luhn.is_valid(digits))


_RULES: tuple[tuple[Sensitive, re.Pattern[str], Callable[[str], bool]], ...] = (
    (Sensitive.IBAN, _IBAN, _is_iban),
    (Sensitive.IDENTITY_CODE, _HETU, _is_hetu),
    (Sensitive.CARD, _CARD, _is_card),
)
