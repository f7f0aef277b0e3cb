import pytest

from bot.dialogue.nlu.numbers import NumberExtractor

NUMBERS = NumberExtractor({})


def found(text: str) -> list[tuple[str, str, bool]]:
    return [(one.entity, one.value, bool(one.more.get("ambiguous"))) for one in NUMBERS.find(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("RT-12345", "12345"),
        ("rt 12345", "12345"),
        ("RT12345", "12345"),
        ("RT–123456", "123456"),
        ("RT 123 456", "123456"),
        ("rt-12345:n paketti", "12345"),
        ("tilaus 123456", "123456"),
        ("tilausnumero on 12345", "12345"),
        ("missä 12345 paketti on", "12345"),
        ("order 12345 please", "12345"),
        ("min beställning 12345", "12345"),
        ("var är paketet 12345", "12345"),
        ("123456", "123456"),
        ("se on 123 456", "123456"),
    ],
)
def test_order_numbers(text: str, number: str) -> None:
    assert found(text) == [("order_number", number, False)]


@pytest.mark.parametrize(
    ("text", "code"),
    [("33100", "33100"), ("331 00", "33100"), ("onko vikaa 00100", "00100"), ("asun 20100 turku", "20100")],
)
def test_five_digits_alone_are_a_postal_code_that_may_be_an_order(text: str, code: str) -> None:
    assert found(text) == [("postal_code", code, True)]


@pytest.mark.parametrize("text", ["postinumero 33100", "alueella 33100", "postnummer 33100", "postcode is 33100"])
def test_five_digits_of_an_area_are_a_postal_code(text: str) -> None:
    assert found(text) == [("postal_code", "33100", False)]


def test_both_in_one_message() -> None:
    assert found("RT-12345, postinumero 00100") == [("order_number", "12345", False), ("postal_code", "00100", False)]


@pytest.mark.parametrize(
    "text",
    [
        "0401234567",
        "040 123 4567",
        "+358 40 12345 67",
        "12345678",
        "RT-1234567",
        "lasku oli 12345 euroa",
        "12 345 €",
        "20.11.2026",
        "1.12345",
        "nopeus 10000 mbit",
        "4321",
        "",
        "👍",
    ],
)
def test_other_numbers_are_neither(text: str) -> None:
    assert found(text) == []


def test_positions_include_the_prefix() -> None:
    text = "paketti RT-12345 missä"
    (one,) = NUMBERS.find(text)
    assert text[one.start : one.end] == "RT-12345"
