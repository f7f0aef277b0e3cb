"""Finnish inflection of place names, by rule from the nominative.

Everything here is without dots (see text.fold), so vowel harmony needs no attention: -ssä and -ssa are one ending.
Rules after Iso suomen kielioppi, § 41 (consonant gradation) and § 63-73 (stems); where a name can go two ways, both
are given, since a form too many costs nothing.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from bot.dialogue.nlu.text import fold


class Case(Enum):
    """What a form of a place name says about its role."""

    NAME = "name"
    GENITIVE = "genitive"
    LOCAL = "local"  # in, from, into, at: the strongest sign that a place is meant
    OTHER = "other"


class Stem(NamedTuple):
    """Weak grade as in the genitive ("helsingi"), strong as in the illative ("helsinki")."""

    weak: str
    strong: str


# Old words with an e-stem that end place names: "lahti: lahden, lahteen".
_E_STEMS = {
    "joki": Stem("joe", "joke"),
    "lahti": Stem("lahde", "lahte"),
    "mäki": Stem("mäe", "mäke"),
    "vesi": Stem("vede", "vete"),
    "lampi": Stem("lamme", "lampe"),
    "korpi": Stem("korve", "korpe"),
    "lehti": Stem("lehde", "lehte"),
    "loppi": Stem("lope", "loppe"),
    "virrat": Stem("virroi", "virtoi"),
    "laidun": Stem("laitume", "laitume"),
} | {
    word: Stem(word[:-1] + "e", word[:-1] + "e")
    for word in "järvi salmi niemi koski nummi saari vuori kivi kanki suvi".split()
}
_E_STEMS = {fold(word): Stem(fold(stem.weak), fold(stem.strong)) for word, stem in _E_STEMS.items()}
# First parts that are inflected too: "Uudessakaupungissa".
_ADJECTIVES = {"uusi": Stem("uude", "uute"), "iso": Stem("iso", "iso"), "vanha": Stem("vanha", "vanha")}

_GRADATION = [
    (re.compile(pattern), weak)
    for pattern, weak in (
        (r"kk(?=[aeiou]$)", "k"),
        (r"pp(?=[aeiou]$)", "p"),
        (r"tt(?=[aeiou]$)", "t"),
        (r"nk(?=[aeiou]$)", "ng"),
        (r"nt(?=[aeiou]$)", "nn"),
        (r"mp(?=[aeiou]$)", "mm"),
        (r"lt(?=[aeiou]$)", "ll"),
        (r"rt(?=[aeiou]$)", "rr"),
        (r"(?<=[aeiouyh])t(?=[aeiou]$)", "d"),
        (r"(?<=[aeiouylr])p(?=[aeiou]$)", "v"),
        (r"(?<=[aeiouylrh])k(?=[aeiou]$)", ""),
    )
]
_STRENGTHENING = [
    (re.compile(pattern), strong) for pattern, strong in ((r"d(?=[aeiou]$)", "t"), (r"ng(?=[aeiou]$)", "nk"))
]
# After the weak stem; the short ones are spoken: "Turus", "Vantaalt".
_ABBREVIATION = 3  # letters at most
_LOCAL_WEAK = ("ssa", "sta", "lla", "lta", "lle", "s", "st", "l", "lt", "sa")
_OTHER_WEAK = ("ksi", "ks", "tta", "t")
_IRREGULAR = {
    "kangasala": {"kangasalla": Case.LOCAL, "kangasalta": Case.LOCAL, "kangasalle": Case.LOCAL, "kangasal": Case.LOCAL},
    "virrat": {"virtain": Case.GENITIVE, "virtojen": Case.GENITIVE},
}
CLITICS = ("kinko", "kaan", "kin", "kii", "ki", "kos", "ko", "han", "pas", "pa", "ks")
_SUFFIXES = re.compile(r"(ssa|sta|lla|lta|lle|n|s|st|l|lt|[aeiou]n|h[aeiou]n|seen|ta|a)")


def forms(name: str) -> dict[str, Case]:
    """Every form of a name, folded, with its case: {"turku": NAME, "turussa": LOCAL, "turun": GENITIVE, ...}."""
    folded = fold(name).replace("-", " ")
    found: dict[str, Case] = {}
    for stem, plural in _stems(folded):
        for form, case in _inflect(stem, plural):
            found.setdefault(form, case)
    for form, case in _inflected_first_part(folded):
        found.setdefault(form, case)
    if len(folded) <= _ABBREVIATION:
        # "Kva" and "Kval", "Tre" and "tres" are too short to guess at; "Treella" is not.
        found = {form: case for form, case in found.items() if case is Case.GENITIVE or len(form) >= len(folded) + 3}
    return found | _IRREGULAR.get(folded, {}) | {folded: Case.NAME}


def is_case_suffix(suffix: str) -> bool:
    """True for what follows the colon of an abbreviation: "Hki:ssä", "TRE:lle"."""
    return _SUFFIXES.fullmatch(fold(suffix)) is not None


def _stems(name: str) -> Iterator[tuple[Stem, bool]]:
    """Stems of a folded name; True marks a plural stem ("kauniaisi": Kauniaisissa)."""
    for ending, stem in _E_STEMS.items():
        if name.endswith(ending):
            head = name[: -len(ending)]
            yield Stem(head + stem.weak, head + stem.strong), False
            return
    if name.endswith("nen"):
        yield Stem(name[:-3] + "se", name[:-3] + "se"), False
        yield Stem(name[:-3] + "si", name[:-3] + "si"), True
    elif name.endswith("s"):
        yield from _stems_in_s(name)
    elif name[-1] not in "aeiouy":
        yield Stem(name + "i", name + "i"), False
    else:
        yield from _vowel_stems(name)


def _stems_in_s(name: str) -> Iterator[tuple[Stem, bool]]:
    head = name[:-1]
    yield Stem(head + "kse", head + "kse"), False  # Muhos: Muhoksessa
    yield Stem(head + "de", head + "te"), False  # Varkaus: Varkaudessa
    long = _strengthened(head) + head[-1]
    yield Stem(long, long), False  # Pihtipudas: Pihtiputaalla
    yield Stem(name + "i", name + "i"), False  # Korsnäs: Korsnäsissä


def _vowel_stems(name: str) -> Iterator[tuple[Stem, bool]]:
    yield Stem(_weakened(name), name), False
    if name.endswith("e") and not name.endswith("ee"):
        yield Stem(name + "e", name + "e"), False  # Tampere: Tampereella; Raahe: Raahessa comes from the line above
    if _weakened(name) != name:
        yield Stem(name, name), False  # spoken and foreign names stay as they are: "Stadissa", "Parkanossa"


def _weakened(name: str) -> str:
    if len(name) <= _ABBREVIATION:  # "Hki" is no Finnish word
        return name
    for pattern, weak in _GRADATION:
        if pattern.search(name):
            return pattern.sub(weak, name)
    return name


def _strengthened(name: str) -> str:
    for pattern, strong in _STRENGTHENING:
        if pattern.search(name):
            return pattern.sub(strong, name)
    return name


def _inflect(stem: Stem, plural: bool) -> Iterator[tuple[str, Case]]:
    weak, strong = stem
    yield (strong[:-1] + "ten" if plural else weak + "n"), Case.GENITIVE
    yield from ((weak + ending, Case.LOCAL) for ending in _LOCAL_WEAK)
    yield from ((weak + ending, Case.OTHER) for ending in _OTHER_WEAK)
    yield from ((form, Case.LOCAL) for form in _illatives(strong))
    yield from ((strong + ending, Case.OTHER) for ending in ("a", "ta"))
    if strong.endswith(("se", "te")):
        yield strong[:-1] + "ta", Case.OTHER  # Kauniainen: Kauniaista, Orivesi: Orivettä


def _illatives(strong: str) -> tuple[str, ...]:
    last = strong[-1]
    long = strong[-2:-1] == last
    return (strong + "seen", f"{strong}h{last}n") if long else (f"{strong}{last}n", f"{strong}h{last}n")


def _inflected_first_part(name: str) -> Iterator[tuple[str, Case]]:
    for adjective, first in _ADJECTIVES.items():
        rest = name.removeprefix(adjective)
        if rest == name or len(rest) < 4:
            continue
        for second, _ in _stems(rest):
            yield f"{first.weak}n{second.weak}n", Case.GENITIVE
            yield from ((first.weak + end + second.weak + end, Case.LOCAL) for end in _LOCAL_WEAK)
            into_first = f"{first.strong}{first.strong[-1]}n"
            yield from ((into_first + form, Case.LOCAL) for form in _illatives(second.strong))
