"""Postal codes and order numbers: "33100", "331 00", "RT-12345", "tilaus 123456"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.dialogue.nlu.extractor import Extractor, Found
from bot.dialogue.nlu.text import fold

_DIGITS = re.compile(
    r"(?P<prefix>\brt(?:nro|nr)?[\s\-–.:#]{0,3})?"
    r"(?<![\d+])(?<!\d[ .,:/\-])"  # not the end of a phone number, a date or a sum
    r"(?P<digits>\d{5,6}|\d{3} ?\d{3}|\d{3} \d{2}|\d{2} \d{3})"
    r"(?![\d%])(?![ .,:/\-]\d)(?! ?(?:€|e\b|eur|km|kr\b|mb|gb|mbit|sek))",  # nor the beginning of one
    re.IGNORECASE,
)
_ORDER_WORDS = re.compile(
    r"\b(?:tilau|tilas|tilaa|paket|toimitu|lahety|seurant|order|bestall|leverans|forsandelse|parcel|package|deliver"
    r"|shipment|tracking)"
)
_POSTAL_WORDS = re.compile(
    r"\b(?:postinumero|postinro|posti ?nro|postnummer|postnr|postal|postcode|zip|alue|omrade|area)"
)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
)
class NumberExtractor(Extractor):
    """Entities `postal_code` (five digits) and `order_number` (five or six, without the prefix RT).

    Five digits without a word about orders are a postal code; `ambiguous: true` says that nothing in the message tells
    which it is, so that a form that waits for an order number may take it.
    """

    def find(self, text: str) -> list[Found]:
        """The numbers of a message; longer runs of digits, sums, dates and phone numbers are none."""
        return list(self._numbers(text))

    def _numbers(self, text: str) -> Iterator[Found]:
        folded = fold(text)
        about_order = _ORDER_WORDS.search(folded) is not None
        about_area = _POSTAL_WORDS.search(folded) is not None
        for match in _DIGITS.finditer(text):
            digits = match["digits"].replace(" ", "")
            if match["prefix"] or (about_order and not about_area) or len(digits) == 6:
                yield Found("order_number", digits, match.start(), match.end())
            else:
                more = {} if about_area or about_order else {"ambiguous": True}
                yield Found("postal_code", digits, match.start(), match.end(), more)
