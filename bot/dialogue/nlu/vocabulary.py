"""Words of everyday language and what they stand for, from a table: one stem a line, inflection by a star."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.dialogue.nlu.text import Word, fold, words

_SHORTEST_STEM = 2


class Match(NamedTuple):
    """Characters `start` to `end` stand for `value`; `surface` is folded."""

    value: str
    surface: str
    start: int
    end: int


class Vocabulary:
    """Finds the words of a table; the longest stem wins, and two words together win over one.

    The table has the columns value and stem. A stem is compared without dots; with a star it stands for every word that
    begins with it. The value "-" keeps a longer word from being taken for a shorter one.
    """

    def __init__(self, path: Path) -> None:
        """Reads the table; OSError or KeyError when it is missing or has other columns."""
        self._whole: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                stem = fold(row["stem"])
                kind = self._stems if stem.endswith("*") else self._whole
                kind[stem.rstrip("*")] = row["value"]

    def find(self, text: str) -> list[Match]:
        """The words of a message that the table knows, in their order."""
        return [match for match in self._matches(words(text)) if match.value != "-"]

    def _matches(self, message: Sequence[Word]) -> Iterator[Match]:
        position = 0
        while position < len(message):
            for length in (2, 1):
                part = message[position : position + length]
                surface = " ".join(fold(word.text) for word in part)
                value = self._value(surface) if len(part) == length else None
                if value:
                    yield Match(value, surface, part[0].start, part[-1].end)
                    break
            position += length

    def _value(self, surface: str) -> str | None:
        if surface in self._whole:
            return self._whole[surface]
        # Of two words a stem must reach into the second, else one word would swallow its neighbour.
        shortest = max(_SHORTEST_STEM, surface.find(" ") + 2)
        lengths = range(len(surface), shortest - 1, -1)
        return next((self._stems[surface[:n]] for n in lengths if surface[:n] in self._stems), None)
