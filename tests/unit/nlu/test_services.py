import pytest

from bot.config import ROOT
from bot.dialogue.nlu.services import DEFAULT_FILE, ServiceExtractor

SERVICES = ServiceExtractor({"file": ROOT / DEFAULT_FILE})


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("netti ei toimi", ["broadband"]),
        ("laajis nurin", ["broadband"]),
        ("laajakaistani pätkii", ["broadband"]),
        ("valokuidun asennus", ["broadband"]),
        ("modeemissa punanen valo", ["broadband"]),
        ("reitittimen wifi", ["broadband"]),
        ("bredbandet strular", ["broadband"]),
        ("my broadband is down", ["broadband"]),
        ("kännykässä ei kenttää", ["mobile"]),
        ("kannykka mykkana", ["mobile"]),
        ("puhelimella ei kuulu", ["mobile"]),
        ("mobiilidata ei toimi", ["mobile"]),
        ("5g ei toimi", ["mobile"]),
        ("tekstarit ei lähe", ["mobile"]),
        ("min telefon fungerar inte", ["mobile"]),
        ("calls keep dropping", ["mobile"]),
        ("telkkari pimeenä", ["tv"]),
        ("tv:n kuva pätkii", ["tv"]),
        ("töllö rikki", ["tv"]),
        ("digiboksi jumissa", ["tv"]),
        ("kanavat hävis", ["tv"]),
        ("kanalerna är borta", ["tv"]),
        ("OmaRevontuli ei aukee", ["online"]),
        ("oma-sivut jumittaa", ["online"]),
        ("omille sivuille ei pääse", ["online"]),
        ("appi kaatuu", ["online"]),
        ("Mitt Revontuli", ["online"]),
        ("the app crashes", ["online"]),
        ("verkkokaupassa virhe", ["online"]),
        ("nettisivut ei aukea", ["online"]),
        ("netti kännykässä ei toimi", ["mobile"]),
        ("puhelimen netti hidas", ["mobile"]),
        ("netti ja puhelin poikki", ["broadband", "mobile"]),
        ("wifi ei toimi puhelimella", ["broadband", "mobile"]),
        ("netti ja telkkari", ["broadband", "tv"]),
        ("netti netti netti", ["broadband"]),
    ],
)
def test_everyday_words(text: str, services: list[str]) -> None:
    assert [found.value for found in SERVICES.find(text)] == services


@pytest.mark.parametrize(
    "text",
    [
        "nettipankkitunnukset",
        "ottakaa yhteyttä",
        "mikä on puhelinnumero",
        "esim tämä",
        "MobilePay käy",
        "moi",
        "",
        "👍",
    ],
)
def test_words_that_only_look_like_one(text: str) -> None:
    assert SERVICES.find(text) == []
