from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.dialogue.nlu.gazetteer import Gazetteer, _rows, fingerprint
from bot.dialogue.nlu.places import PlaceExtractor

FOLDER = ROOT / "data" / "places"


@pytest.fixture(scope="module")
def places() -> PlaceExtractor:
    return PlaceExtractor({"folder": FOLDER})


def named(places: PlaceExtractor, text: str) -> list[str]:
    return [found.value for found in places.find(text)]


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("onko katkoa Tampereella", "Tampere"),
        ("tampereel ei toimi", "Tampere"),
        ("toimiiko Turus", "Turku"),
        ("Kuopioon muutto", "Kuopio"),
        ("helsingiski on vika", "Helsinki"),
        ("onko vantaalko vika", "Vantaa"),
        ("Helsingissäkään ei toimi", "Helsinki"),
        ("Seinäjoellahan se vika on", "Seinäjoki"),
        ("seinajoella ei toimi", "Seinäjoki"),
        ("UUDESSAKAUPUNGISSA", "Uusikaupunki"),
        ("Mänttä-Vilppulassa", "Mänttä-Vilppula"),
        ("Mäntässä katko", "Mänttä-Vilppula"),
        ("är det fel i Åbo", "Turku"),
        ("nätet i Esbo funkar inte", "Espoo"),
        ("Helsingfors centrum", "Helsinki"),
        ("bor i S:t Michel", "Mikkeli"),
        ("Jakobstads stad", "Pietarsaari"),
        ("is there a fault in Vaasa", "Vaasa"),
        ("Turku's network", "Turku"),
        ("Hki:ssä ei toimi", "Helsinki"),
        ("TRE:llä poikki", "Tampere"),
        ("Jkl:stä moi", "Jyväskylä"),
        ("mansesta terve", "Tampere"),
        ("stadissa ei kuulu", "Helsinki"),
        ("Iissä ei toimi", "Ii"),
        ("Koski Tl", "Koski Tl"),
        ("entäs Pedersöressä", "Pedersöre"),
    ],
)
def test_resolves_to_the_municipality(places: PlaceExtractor, text: str, municipality: str) -> None:
    assert named(places, text) == [municipality]


@pytest.mark.parametrize(
    ("text", "municipality", "district"),
    [
        ("Leppävaarassa poikki", "Espoo", "Leppävaara"),
        ("hervannas ei toimi", "Tampere", "Hervanta"),
        ("Kalliossa", "Helsinki", "Kallio"),
        ("Tikkurilaan", "Vantaa", "Tikkurila"),
        ("Itä-Pasilassa", "Helsinki", "Itä-Pasila"),
        ("i Dickursby", "Vantaa", "Tikkurila"),
        ("Pertunmaalla", "Mäntyharju", "Pertunmaa"),
    ],
)
def test_a_district_gives_its_municipality(places: PlaceExtractor, text: str, municipality: str, district: str) -> None:
    found = places.find(text)
    assert [(one.value, one.more["district"]) for one in found] == [(municipality, district)]


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("onko tampreella vikaa", "Tampere"),
        ("Jyväskyläsä ei toimi", "Jyväskylä"),
        ("lappenrannassa pätkii", "Lappeenranta"),
        ("rovaniemelä ei toimi netti", "Rovaniemi"),
        ("hämenlinnassa katko", "Hämeenlinna"),
        ("i Helsingfosr", "Helsinki"),
    ],
)
def test_misspelt_names(places: PlaceExtractor, text: str, municipality: str) -> None:
    assert named(places, text) == [municipality]


@pytest.mark.parametrize(
    "text",
    [
        "kuusi laitetta ei toimi",
        "salo palaa",
        "porina kuuluu luurista",
        "virrat pois ja uudestaan päälle",
        "ostin nokian puhelimen",
        "nokia hajosi",
        "tuli kolari eikä netti toimi",
        "aura ajoi kaapelin yli",
        "inga problem",
        "en stor lahti",
        "simo täällä hei",
        "kiitos haluan vastauksen",
        "viikolla toimi vielä",
        "asiakkaalle kerrottiin väärin",
        "varastosta lähetetty",
        "ii",
        "jag har ett sund fel",
        "pariisissa ei toimi",
        "stora problem",
        "bra kväll",
        "hanko on rikki",
    ],
)
def test_ordinary_words_are_no_places(places: PlaceExtractor, text: str) -> None:
    expected = ["Ii"] if text == "ii" else []  # the whole message is the name: then it is meant
    assert named(places, text) == expected


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("Salossa ei toimi", "Salo"),
        ("salos", "Salo"),
        ("asun Lahdessa", "Lahti"),
        ("onko vika Salo vai", "Salo"),
        ("siis Lahti", "Lahti"),
        ("salon alueella", "Salo"),
        ("fault in Salo", "Salo"),
        ("i Lahtis", "Lahti"),
    ],
)
def test_a_careful_name_needs_a_sign(places: PlaceExtractor, text: str, municipality: str) -> None:
    assert named(places, text) == [municipality]


def test_positions_are_those_of_the_message(places: PlaceExtractor) -> None:
    text = "👋 moi, Tampereella ja Turussa"
    assert [text[one.start : one.end] for one in places.find(text)] == ["Tampereella", "Turussa"]


def test_decomposed_letters(places: PlaceExtractor) -> None:
    assert named(places, "Jyva\u0308skyla\u0308ssa\u0308") == ["Jyväskylä"]


def _names(file: str, *columns: str) -> Sequence[tuple[str, ...]]:
    return [tuple(row[column] for column in columns) for row in _rows(FOLDER / file)]


def test_the_tables_hold_together() -> None:
    municipalities = [name for (name,) in _names("municipalities.tsv", "name_fi")]
    assert len(municipalities) == len(set(municipalities)) == 308
    named_elsewhere = {
        m for (m,) in [*_names("districts.tsv", "municipality"), *_names("nicknames.tsv", "municipality")]
    }
    assert named_elsewhere <= set(municipalities)
    twice = Counter(_names("districts.tsv", "name_fi", "municipality"))
    assert max(twice.values()) == 1


def test_every_municipality_is_found_by_each_name_alone(places: PlaceExtractor) -> None:
    lost = [
        (name, municipality)
        for municipality, swedish in _names("municipalities.tsv", "name_fi", "name_sv")
        for name in (municipality, swedish)
        if named(places, name) != [municipality]
    ]
    assert lost == []


def test_a_changed_table_changes_the_fingerprint(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = fingerprint(tmp_path)
    with (tmp_path / "districts.tsv").open("a") as file:
        file.write("Uusi\t\tEspoo\t\n")
    assert fingerprint(tmp_path) != before == fingerprint(FOLDER)


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Gazetteer(tmp_path)
