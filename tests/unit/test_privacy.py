"""Masking of personal identity codes, cards and IBANs: what goes, what stays, whatever stands around it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from bot.privacy import Sensitive, mask, mask_json, storable, without_masks

HETU, CARD, IBAN = Sensitive.IDENTITY_CODE, Sensitive.CARD, Sensitive.IBAN
DATE, NUMBER = "131052", "308"
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def identity_code(date: str = DATE, sign: str = "-", number: str = NUMBER) -> str:
    """Make a valid code: the check sign is the remainder by 31 (Digital and Population Data Services Agency)."""
    return f"{date}{sign}{number}{CHECK[int(date + number) % 31]}"


IDENTITY_CODES = {
    **{f"century sign {sign}": identity_code(sign=sign) for sign in "+-YXWVU"},
    **{f"century sign {sign}": identity_code("010203", sign, "123") for sign in "ABCDEF"},
    "lower case": identity_code().lower(),
    "en dash": identity_code(sign="\u2013"),
    "non-breaking hyphen": identity_code(sign="\u2011"),
    "spaces around the hyphen": identity_code(sign=" - "),
    "a space instead of the hyphen": identity_code(sign=" "),
    "no sign at all": identity_code(sign=""),
    "no sign, born on the leap day of 2000": identity_code("290200", "", "002"),
    "dotted date": "13.10.52-308T",
    "hyphens in the date": "13-10-52-308T",
    "spaces everywhere": "13 10 52 - 3 0 8 T",
    "non-breaking spaces": "131052\u00a0-\u00a0308T",
    "zero-width space inside": "131052-\u200b308T",
    "temporary number": identity_code(number="912"),
    "full-width digits": "１３１０５２-３０８T",
    "escaped dash of a broken body": r"131052\u2013308T",
}
CARDS = {
    "Visa": "4111 1111 1111 1111",
    "Visa of 13": "4222222222222",
    "Visa of 19": "4000 0000 0000 0000 006",
    "Mastercard": "5555-5555-5555-4444",
    "Mastercard, 2 series": "2223003122003222",
    "American Express": "3782 822463 10005",
    "Diners": "3056 930902 5904",
    "Discover": "6011000990139424",
    "JCB": "3530111333300000",
    "Maestro": "6759 6498 2643 8453",
    "UnionPay": "6200 0000 0000 0005",
    "Mir": "2200 0000 0000 0004",
    "two spaces": "4111  1111  1111  1111",
    "spaced hyphens": "4111 - 1111 - 1111 - 1111",
    "dots": "4111.1111.1111.1111",
    "line breaks": "4111 1111\n1111 1111",
    "every digit alone": "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "non-breaking spaces": "4111\u00a01111\u00a01111\u00a01111",
    "escaped spaces of a broken body": r"4111\u00a01111\u00a01111\u00a01111",
}
IBANS = {
    "Finnish": "FI2112345600000785",
    "Finnish, in groups": "FI21 1234 5600 0007 85",
    "Finnish, lower case": "fi21 1234 5600 0007 85",
    "Swedish": "SE45 5000 0000 0583 9825 7466",
    "Estonian": "EE38 2200 2210 2014 5685",
    "German": "DE89-3704-0044-0532-0130-00",
    "British, with letters": "GB29 NWBK 6016 1331 9268 19",
}
ALL = [
    *((HETU, name, text) for name, text in IDENTITY_CODES.items()),
    *((CARD, name, text) for name, text in CARDS.items()),
    *((IBAN, name, text) for name, text in IBANS.items()),
]
AROUND = {
    "alone": "{}",
    "in a sentence": "Moi, se on {} ja asun Kuopiossa.",
    "in brackets": "({})",
    "after a colon": "tunnus:{}, kiitos",
    "after a number": "asiakas 12345 {} kiitos",
    "before words": "{} on mun numero eikä muuta",
    "before a number": "{} 12/27",
    "after two letters and digits": "ok 12 {}",
    "after another one": "010190-000P {}",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, _, text in ALL], ids=[name for _, name, _ in ALL])
def test_is_masked_whatever_stands_around_it(kind: Sensitive, text: str, around: str) -> None:
    before, after = around.split("{}")
    assert mask(around.format(text)) == (before + kind.value + after, frozenset({kind}))


STAYS = {
    "wrong check sign": "131052-308S",
    "no such day": "310299-123A",
    "date": "22.11.2026",
    "date and time": "2026-11-22 14:35:07",
    "timestamp": "20261122143507",
    "phone number": "+358 40 123 4567",
    "phone number without spaces": "0401234567",
    "two phone numbers": "050 123 4567 ja 040 7654321",
    "order number": "tilaus 48213",
    "postal code": "33100 Tampere",
    "date and order number": "131052 12345",
    "ten digits without a sign": "0101901234",
    "card with a wrong check digit": "4111 1111 1111 1112",
    "sixteen digits that no brand has": "1234 5678 9012 3452",
    "IBAN with a wrong check digit": "FI22 1234 5600 0007 85",
    "IBAN of no country": "XX21 1234 5600 0007 85",
    "address": "Hämeenkatu 18 A 12",
    "bill": "summa 149,90 e, eräpäivä 3.12.",
    "nothing": "",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_stays_as_it_is(text: str) -> None:
    assert mask(text) == (text, frozenset())


def test_all_that_stands_in_one_message_is_masked() -> None:
    text = f"{identity_code()}4111111111111111 ja FI2112345600000785, vielä {identity_code('010203', 'A', '123')}"
    masked, found = mask(text)
    assert masked == f"{HETU}{CARD} ja {IBAN}, vielä {HETU}"
    assert found == {HETU, CARD, IBAN}


def test_a_mask_in_a_text_is_no_find() -> None:
    assert mask(f"{CARD} {identity_code()}") == (f"{CARD} {HETU}", frozenset({HETU}))


def test_masks_can_be_taken_out_again() -> None:
    assert without_masks(f"mun {HETU} ja {CARD}").split() == ["mun", "ja"]
    assert without_masks("mun tunnus") == "mun tunnus"


@given(st.text(), st.text(), st.sampled_from([text for _, _, text in ALL]))
def test_masking_twice_changes_nothing(before: str, after: str, text: str) -> None:
    once = mask(before + text + after)[0]
    assert mask(once) == (once, frozenset())


SEPARATORS = st.sampled_from(["", " ", "-", "\u2013", "\u00a0", "  ", " - ", "."])
WORDS = st.sampled_from(["", "moi ", "nro 17 ", "ok 12 ", "(", "tilaus 48213, ", "IBAN ", "55 "])
FOLLOWING = st.sampled_from(["", " kiitos", " 123", ", 12/27", ".", "\n", "!", " FI"])


@given(WORDS, FOLLOWING, st.sampled_from("45"), st.text("0123456789", min_size=13, max_size=13), st.data())
def test_no_run_of_a_cards_digits_remains(before: str, after: str, first: str, middle: str, data: Any) -> None:
    digits = f"{first}1{middle}"
    number = digits + luhn.calc_check_digit(digits)
    written = data.draw(SEPARATORS).join(re.findall("....", number))
    masked = mask(before + written + after)[0]
    assert not any(group in masked.replace(before, "") for group in re.findall("....", number))
    assert CARD in masked


@given(WORDS, FOLLOWING, st.dates(), st.integers(2, 899), st.sampled_from(["-", "A", "\u2013", " - ", "Y", "F"]))
def test_no_part_of_an_identity_code_remains(before: str, after: str, day: Any, number: int, sign: str) -> None:
    code = identity_code(f"{min(day.day, 28):02}{day:%m%y}", sign, f"{number:03}")
    assert mask(before + code + after)[0] == before + HETU + after


IDS = {
    "PSID that passes Luhn": {"sender": {"id": "4111111111111111"}},
    "phone number id as a number": {"phone_number_id": 4111111111111111},
    "mid": {"mid": "4111111111111111"},
    "list of mids": {"mids": ["4111111111111111"]},
    "timestamp": {"timestamp": 4111111111111111},
    "BSUID": {"user_id": "US.4111111111111111"},
}


@pytest.mark.parametrize("body", IDS.values(), ids=IDS)
def test_ids_of_meta_stay(body: dict[str, Any]) -> None:
    assert mask_json(body) == body


FIELDS = {
    "text": {"text": {"body": "4111111111111111"}},
    "number": {"card": 4111111111111111},
    "floating number": {"card": 4111111111111111.0},
    "key": {"4111111111111111": 1},
    "list in a list": {"x": [[["4111111111111111"]]]},
    "words under an id's key": {"id": "mun kortti on 4111111111111111"},
    "metadata of another app": {"metadata": "4111111111111111"},
    "JSON in a text": {"response_json": json.dumps({"a": "4111\u00a01111\u00a01111\u00a01111"})},
}


@pytest.mark.parametrize("body", FIELDS.values(), ids=FIELDS)
def test_every_field_is_masked(body: dict[str, Any]) -> None:
    assert "1111" not in str(mask_json(body)) and CARD in str(mask_json(body))


@pytest.mark.parametrize("value", [True, False, None, 0, 48213, 1.5, float("inf"), [], {}])
def test_other_values_stay(value: Any) -> None:
    assert mask_json(value) == value


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=50)
@given(JSON_VALUES)
def test_masked_json_is_storable_and_masked_for_good(value: Any) -> None:
    once = mask_json(value)
    assert mask_json(once) == once
    assert "\x00" not in str(once)
    json.dumps(once, ensure_ascii=False).encode("utf-8")


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\x00" not in kept.encode("utf-8").decode()
