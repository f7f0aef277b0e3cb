"""The places of Finland and every form of their names, from the tables in data/places."""

import csv
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bot.dialogue.nlu.inflection import Case, forms
from bot.dialogue.nlu.text import fold

FILES = ("municipalities.tsv", "districts.tsv", "nicknames.tsv")  # a form in an earlier file wins
LOOKALIKES = "lookalikes.txt"  # ordinary words, folded, that a misspelt place could be taken for


class Place(NamedTuple):
    """What a name stands for; `care` marks names that are common words or surnames too."""

    municipality: str
    district: str | None
    care: bool
    name: str  # as in the table: for a careful name its dots must be right


class Form(NamedTuple):
    """One form of a place's name."""

    place: Place
    case: Case


class Gazetteer:
    """Looks places up by folded form: "turussa", "mantta vilppulaan", "abo"."""

    def __init__(self, folder: Path) -> None:
        """Reads the files of `folder`; OSError or KeyError when one is missing or has other columns."""
        self._forms: dict[str, Form] = {}
        for place, names in _places(folder):
            self._add(place, names)
        self.lookalikes = frozenset((folder / LOOKALIKES).read_text(encoding="utf-8").split())

    def __len__(self) -> int:
        return len(self._forms)

    def get(self, form: str) -> Form | None:
        """The place a folded form (words joined by single spaces) stands for."""
        return self._forms.get(form)

    def begins_longer(self, word: str) -> bool:
        """True when a folded word is the first of a name of several words."""
        return word in self._first_words

    @cached_property
    def _first_words(self) -> frozenset[str]:
        return frozenset(form.partition(" ")[0] for form in self._forms if " " in form)

    @cached_property
    def long_forms(self) -> dict[str, list[str]]:
        """Forms of names long enough to be recognised misspelt, by their first letter."""
        found: dict[str, list[str]] = {}
        for form, (place, _) in self._forms.items():
            shortest = 9 if place.district else 6
            if len(form) >= shortest and len(place.name) >= shortest and not place.care:
                found.setdefault(form[0], []).append(form)
        return found

    def _add(self, place: Place, generated: dict[str, Case]) -> None:
        by_case = {case: Form(place, case) for case in Case}
        for form, case in generated.items():
            self._forms.setdefault(form, by_case[case])


def fingerprint(folder: Path) -> str:
    """Changes when a table changes, so that Rasa trains anew."""
    digest = hashlib.sha256()
    for name in (*FILES, LOOKALIKES):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _places(folder: Path) -> Iterator[tuple[Place, dict[str, Case]]]:
    for row in _rows(folder / FILES[0]):
        yield from _both_names(row, row["name_fi"], None)
    for row in _rows(folder / FILES[1]):
        yield from _both_names(row, row["municipality"], row["name_fi"])
    for row in _rows(folder / FILES[2]):
        yield Place(row["municipality"], None, bool(row["care"]), row["name"]), forms(row["name"])


def _both_names(
    row: dict[str, str], municipality: str, district: str | None
) -> Iterator[tuple[Place, dict[str, Case]]]:
    finnish, swedish, care = row["name_fi"], row["name_sv"], row["care"]
    yield Place(municipality, district, care == "both", finnish), forms(finnish)
    if swedish:
        swedish_place = Place(municipality, district, care in ("both", "sv"), swedish)
        yield swedish_place, _swedish_forms(swedish)


def _swedish_forms(name: str) -> dict[str, Case]:
    plain = re.sub(r"[:\-]", " ", fold(name)) if " " in name else fold(name).replace("-", " ")
    plain = fold(name) if ":" in name else plain
    return {plain: Case.NAME, plain + "s": Case.GENITIVE}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
