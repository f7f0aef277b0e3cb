"""Words of a message, and letters without their dots."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Combining marks belong to the word: a phone may send "a" and its dots as two characters.
_LETTERS = r"[^\W_][\u0300-\u036f]*"
_WORD = re.compile(rf"(?:{_LETTERS})+(?:[:'’](?:{_LETTERS})+)?")
_LONGEST_WORD = 24
_PLAIN = str.maketrans("åäöéèáàüøæñçšž", "aaoeeaauoancsz")


class Word(NamedTuple):
    """A run of letters and digits; `start` and `end` count characters of the message."""

    text: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """True when the word starts with a capital letter."""
        return self.text[:1].isupper()


def words(text: str) -> list[Word]:
    """The words of a message; "Hki:ssä" and "Anna's" are one word, "Mänttä-Vilppula" two."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def fold(text: str) -> str:
    """Lower-case letters without marks: customers leave the dots of ä and ö out."""
    return _folded_word(text) if len(text) <= _LONGEST_WORD else _folded(text)


def _folded(text: str) -> str:
    plain = text.lower().translate(_PLAIN)
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


# Each component folds the same words; whole messages are not kept.
_folded_word = lru_cache(maxsize=20_000)(_folded)
