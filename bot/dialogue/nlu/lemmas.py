"""Base forms of words, from simplemma's dictionaries, kept small.

simplemma holds 3.5 million Finnish word forms: 350 MB as a dictionary, seconds to load. A model needs the base forms of
its own examples only, so training keeps the forms of those words as pairs of checksums: two megabytes, searched in
microseconds. The dictionaries are read as a stream, once on a machine.
"""

from __future__ import annotations

import logging
import os
import tempfile
from array import array
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from simplemma.strategies.dictionaries import frontcode
from simplemma.strategies.dictionaries.dictionary_factory import _read_decompressed

logger = logging.getLogger(__name__)

LANGUAGES = ("fi", "sv", "en")
_SHORTEST_PART = 3  # letters of the last part of a compound
_REMEMBERED = 20_000  # words whose base forms are kept at hand
Pairs = NDArray[np.uint32]  # one column of forms, ascending, one of their base forms


class Lemmas:
    """Base forms of words, as checksums: only their being equal matters."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._forms = np.ascontiguousarray(pairs[:, 0])
        self.of = lru_cache(maxsize=_REMEMBERED)(self._of)

    def _of(self, word: str) -> tuple[int, ...]:
        """Base forms of a lower-case word; of its last part when it is an unknown compound; empty when unknown."""
        return self._known(word) or self._of_compound(word)

    def restricted_to(self, words: Iterable[str]) -> Lemmas:
        """Only the pairs whose base forms occur among these words."""
        wanted = np.array([lemma for word in words for lemma in self.of(word)], np.uint32)
        # A table of the checksums' last bits leaves few pairs to compare: 0.05 s instead of 0.7.
        table = np.zeros(1 << 22, np.bool_)
        table[wanted & (len(table) - 1)] = True
        likely = self.pairs[table[self.pairs[:, 1] & (len(table) - 1)]]
        return Lemmas(likely[np.isin(likely[:, 1], wanted)])

    def _known(self, word: str) -> tuple[int, ...]:
        form = np.uint32(crc32(word.encode()))
        first = int(self._forms.searchsorted(form))
        last = first
        while last < len(self._forms) and self._forms[last] == form:
            last += 1
        return tuple(sorted({int(lemma) for lemma in self.pairs[first:last, 1]}))

    def _of_compound(self, word: str) -> tuple[int, ...]:
        starts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        return next((known for start in starts if (known := self._known(word[start:]))), ())


@lru_cache(maxsize=1)
def dictionary() -> Lemmas:
    """The whole dictionary of three languages (40 MB): some seconds the first time on a machine, then from a cache."""
    path = _cache() / f"lemmas-{version('simplemma')}.npy"
    if path.exists():
        return Lemmas(np.load(path, mmap_mode="r"))
    pairs = _read_all()
    _keep(pairs, path)
    return Lemmas(pairs)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aspa"


def _keep(pairs: Pairs, path: Path) -> None:
    # Renamed when whole, so that a second training beside this one never reads half of it.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
            np.save(file, pairs)
        os.replace(file.name, path)
    except OSError as error:
        logger.warning("lemma cache not written: %s", error)


def _read_all() -> Pairs:
    forms, lemmas = array("I"), array("I")
    for language in LANGUAGES:
        data = _read_decompressed(language)
        _, _, start = frontcode._read_header(data)
        for _, form, lemma in frontcode._iter_records(data, start):
            forms.append(crc32(form))
            lemmas.append(crc32(lemma))
    pairs = np.column_stack([np.frombuffer(forms, np.uint32), np.frombuffer(lemmas, np.uint32)])
    return pairs[np.argsort(pairs[:, 0], kind="stable")]
