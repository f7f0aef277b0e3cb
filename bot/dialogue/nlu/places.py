"""Finnish municipalities and districts in any inflection, spelling and of both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.dialogue.nlu.extractor import Extractor, Found
from bot.dialogue.nlu.gazetteer import Form, Gazetteer, fingerprint
from bot.dialogue.nlu.inflection import CLITICS, Case, is_case_suffix
from bot.dialogue.nlu.text import Word, fold, words

_LONGEST = 3  # words in a name: "Koski Tl", "Sankt Michel", "Östra centrum"
_PREPOSITIONS = frozenset("i på från till vid nära in at from near to around kring runt utanför".split())
_AREA = ("alue", "seudu", "seutu", "keskusta", "kaupunki", "kaupungi", "suunna", "suunta", "kunna", "lahel", "lahisto")
# Ends as the forms for "in", "from", "to" do.
_LOCAL = re.compile(r"(?:s[st]a|l[lt]a|[aeiou][lst]a|lle|[aeiou]n|[aeioul]s|st|[aeiou]l|lt)$")
# Words that may stand beside a place in an answer that names the place only: "täällä Salossa", "siis Lahti".
_FILLERS = frozenset(
    "siis no siella taalla taal siel eli se tuo tama joo juu kylla on asun ei vaan vaikka mun kotikunta kaupunki "
    "paikka ja or och and jag bor its it is in i the my alltsa just kunta tassa".split()
)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
)
class PlaceExtractor(Extractor):
    """Entity `place`: value is the Finnish name of the municipality; `district` is given when one was named."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self._gazetteer = Gazetteer(Path(config["folder"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`folder`: the tables of places, relative to the project."""
        return {"folder": "data/places"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A changed table of places means training anew."""
        return fingerprint(Path(config.get("folder", "data/places")))

    def find(self, text: str) -> list[Found]:
        """Places of a message. A municipality wins over a district, a district over a misspelt name."""
        message = words(text)
        exact = list(self._exact(message))
        return exact or list(self._misspelt(message))

    def _exact(self, message: Sequence[Word]) -> Iterator[Found]:
        position = 0
        while position < len(message):
            length, form = self._longest(message, position)
            if form and _believable(form, message, position, length):
                yield _found(form, message[position : position + length])
            position += length

    def _longest(self, message: Sequence[Word], position: int) -> tuple[int, Form | None]:
        surfaces = [fold(word.text) for word in message[position : position + _LONGEST]]
        longest = len(surfaces) if self._gazetteer.begins_longer(surfaces[0]) else 1
        for length in range(longest, 0, -1):
            form = self._look_up(" ".join(surfaces[:length]))
            if form:
                return length, form
        return 1, None

    def _look_up(self, surface: str) -> Form | None:
        form = self._gazetteer.get(surface) or self._before_suffix(surface)
        if form:
            return form
        for clitic in CLITICS:
            if surface.endswith(clitic) and (form := self._gazetteer.get(surface.removesuffix(clitic))):
                return form
        return None

    def _before_suffix(self, surface: str) -> Form | None:
        for mark in ":'’":
            base, found, suffix = surface.partition(mark)
            if found and (suffix == "s" or is_case_suffix(suffix)) and (form := self._gazetteer.get(base)):
                return Form(form.place, Case.GENITIVE if suffix in ("s", "n") else Case.LOCAL)
        return None

    def _misspelt(self, message: Sequence[Word]) -> Iterator[Found]:
        for position, word in enumerate(message):
            surface = fold(word.text)
            named = _capital_inside(message, position) or _alone(message, position, 1)
            form = self._nearest(surface) if named or _LOCAL.search(surface) else None
            if form and (named or form.case is Case.LOCAL):
                yield _found(form, [word], {"misspelt": True})

    def _nearest(self, surface: str) -> Form | None:
        # One slip in a shorter name, two in a long one; the first letter is nearly always right.
        if len(surface) < 6 or not surface.isalpha() or surface in self._gazetteer.lookalikes:
            return None
        slips = 1 if len(surface) < 10 else 2
        near = process.extractOne(
            surface, self._gazetteer.long_forms.get(surface[0], ()), scorer=OSA.distance, score_cutoff=slips
        )
        return self._gazetteer.get(near[0]) if near else None


def _believable(form: Form, message: Sequence[Word], position: int, length: int) -> bool:
    """Whether a form that may be an ordinary word is meant as a place."""
    surface = message[position].text
    if not form.place.care and len(surface) > 3:
        return True
    if _alone(message, position, length) or _after_preposition(message, position):
        return True
    if form.case is Case.LOCAL and len(surface) > 3:
        return True
    return _capital_inside(message, position) or (form.case is Case.GENITIVE and _before_area(message, position))


def _alone(message: Sequence[Word], position: int, length: int) -> bool:
    others = [*message[:position], *message[position + length :]]
    return all(fold(word.text) in _FILLERS or word.text.isdigit() for word in others)


def _after_preposition(message: Sequence[Word], position: int) -> bool:
    return position > 0 and message[position - 1].text.lower() in _PREPOSITIONS


def _before_area(message: Sequence[Word], position: int) -> bool:
    return position + 1 < len(message) and fold(message[position + 1].text).startswith(_AREA)


def _capital_inside(message: Sequence[Word], position: int) -> bool:
    # A capital at the start says nothing, nor does one in a message that is all capitals.
    return position > 0 and message[position].capital and not message[position - 1].text.isupper()


def _found(form: Form, surface: Sequence[Word], more: Mapping[str, Any] | None = None) -> Found:
    district = {"district": form.place.district} if form.place.district else {}
    return Found("place", form.place.municipality, surface[0].start, surface[-1].end, {**district, **(more or {})})
