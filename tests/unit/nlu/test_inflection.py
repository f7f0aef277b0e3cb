import pytest

from bot.dialogue.nlu.inflection import Case, forms, is_case_suffix

INFLECTED = """
Helsinki: helsingissa helsingista helsinkiin helsingin helsinkia helsingis helsingist
Turku: turussa turus turusta turkuun turun turkua turust
Tampere: tampereella tampereel tampereelta tampereelle tampereen tamperetta tampereelt
Lahti: lahdessa lahdesta lahteen lahden lahdes lahtea
Seinäjoki: seinajoella seinajoelle seinajoen seinajokea seinajoel
Kuopio: kuopiossa kuopioon kuopion kuopios kuopiota
Kirkkonummi: kirkkonummella kirkkonummen kirkkonummelle
Lappeenranta: lappeenrannassa lappeenrantaan lappeenrannan lappeenrannas
Oulu: oulussa ouluun oulun oulus oulusa oulua
Vantaa: vantaalla vantaalt vantaan vantaata vantaaseen
Espoo: espoossa espooseen espoon espoos
Porvoo: porvoossa porvooseen porvoon
Ii: iissa iihin iin iista
Salo: salossa saloon salon
Pori: porissa poriin porin poris
Rauma: raumalla raumalle rauman
Nokia: nokialla nokian nokialle
Riihimäki: riihimaella riihimaen riihimaelle riihimakea
Iisalmi: iisalmessa iisalmeen iisalmen
Siilinjärvi: siilinjarvella siilinjarven
Rovaniemi: rovaniemella rovaniemelle rovaniemen
Äänekoski: aanekoskella aanekosken
Orivesi: orivedella oriveden orivedelle orivetta
Viitasaari: viitasaaressa viitasaarella viitasaaren
Outokumpu: outokummussa outokumpuun outokummun
Liminka: limingassa liminkaan limingan
Harjavalta: harjavallassa harjavaltaan
Vesanto: vesannolla vesannon
Lieto: liedossa liedon lietoon
Vihti: vihdissa vihdin vihtiin
Juuka: juuassa juuan juukaan
Kurikka: kurikassa kurikkaan
Loppi: lopella lopen
Raahe: raahessa raahen raaheen
Muurame: muuramessa muuramen
Pälkäne: palkaneella palkaneen
Savitaipale: savitaipaleella savitaipaleen
Kauniainen: kauniaisissa kauniaisten kauniaisiin kauniaisis kauniaisessa
Parainen: paraisilla paraisten
Virrat: virroilla virtain virroille
Kannus: kannuksessa kannuksen
Alavus: alavudella alavuden
Varkaus: varkaudessa varkauden varkauteen
Muhos: muhoksella muhoksen
Nurmes: nurmeksessa
Pihtipudas: pihtiputaalla pihtiputaan
Punkalaidun: punkalaitumella punkalaitumen
Kangasala: kangasalla kangasalta kangasalan
Uusikaupunki: uudessakaupungissa uuteenkaupunkiin uudenkaupungin uudestakaupungista uudeskaupungis
Isokyrö: isossakyrossa isonkyron
Korsnäs: korsnasissa
Saltvik: saltvikissa
""".strip().splitlines()


@pytest.mark.parametrize("line", INFLECTED, ids=lambda line: line.split(":")[0])
def test_every_form_is_generated(line: str) -> None:
    name, expected = line.split(":")
    assert set(expected.split()) - set(forms(name)) == set()


def test_both_words_of_a_double_name_are_kept() -> None:
    assert forms("Mänttä-Vilppula")["mantta vilppulassa"] is Case.LOCAL


@pytest.mark.parametrize(
    ("form", "case"),
    [
        ("turku", Case.NAME),
        ("turun", Case.GENITIVE),
        ("turussa", Case.LOCAL),
        ("turkuun", Case.LOCAL),
        ("turkua", Case.OTHER),
    ],
)
def test_the_case_is_told(form: str, case: Case) -> None:
    assert forms("Turku")[form] is case


def test_an_abbreviation_gets_no_form_short_enough_to_be_a_word() -> None:
    assert not {"kval", "kvas", "hitta", "hki'n"} & (set(forms("Kva")) | set(forms("Hki")))
    assert "treella" in forms("Tre")


@pytest.mark.parametrize("suffix", ["ssä", "lla", "n", "hin", "ltä", "lle"])
def test_what_follows_a_colon(suffix: str) -> None:
    assert is_case_suffix(suffix)


def test_other_things_after_a_colon() -> None:
    assert not is_case_suffix("osoite")
