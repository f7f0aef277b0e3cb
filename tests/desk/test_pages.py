"""What an agent sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dialogue.voice import Voice
from bot.model import Author, DeliveryStatus, Lookup
from bot.store import conversations
from bot.store.schema import Outbox
from tests.conftest import NOW
from tests.desk.browser import Browser, Server
from tests.desk.customers import customer, rows, taken, waiting

Visit = Callable[[], Awaitable[Browser]]
ORDER = {"number": "10473", "state": "dispatched", "changed_at": "2026-11-22T08:00:00+00:00"}
ORDER |= {"expected_on": "2026-11-24", "carrier": "Posti"}


def in_order(page: str, *parts: str) -> None:
    """Assert that the parts stand on the page one after another."""
    at = 0
    for part in parts:
        at = page.find(part, at) + 1
        assert at, part


def looked_up(result: dict[str, Any] | None, ok: bool = True, source: str = "orders") -> Lookup:
    return Lookup(source, {"number": "10473"}, result, ok, NOW - timedelta(minutes=4), 12.0)


async def test_an_empty_list_says_why_and_what_fills_it(aino: Browser) -> None:
    assert "Keskustelu tulee tähän, kun botti siirtää asiakkaan ihmiselle." in await aino.page("/?shelf=waiting")
    assert "Ota niitä jonosta." in await aino.page("/?shelf=mine")
    assert "Ne tulevat tähän, kun asiakas kirjoittaa." in await aino.page("/?shelf=bot")


async def test_a_row_tells_who_waits_for_what_and_how_long(aino: Browser, database: AsyncEngine) -> None:
    await waiting(database, at=NOW - timedelta(hours=1, minutes=20))
    await waiting(database, name=None, reason="angry", urgent=True, at=NOW - timedelta(minutes=3))
    page = await aino.page()
    assert "<title>(2) Työpöytä · Aspa</title>" in page
    in_order(page, "Asiakas ", "3 min", "Kiireellinen", "WhatsApp", "Asiakas on harmistunut")
    in_order(page, "Matti Korhonen", "1 t 20 min", "Asiakas kysyy tilauksesta 10473.", "Asiakas pyysi ihmistä")


async def test_the_shelves_are_counted_and_remembered(aino: Browser, database: AsyncEngine, voice: Voice) -> None:
    await taken(database, voice, "aino", name="Oma Asiakas")
    await taken(database, voice, "onni", name="Onnin Asiakas")
    await waiting(database, name="Jonottava Asiakas")
    page = await aino.page("/?shelf=mine")
    assert 'id="count-waiting">1<' in page
    assert 'id="count-mine">1<' in page
    assert 'id="count-all">3<' in page
    for remembered in (page, await aino.page("/")):
        assert "Oma Asiakas" in remembered
        assert "Onnin Asiakas" not in remembered
        assert "Jonottava" not in remembered
    assert "Hoitaa Onni" in await aino.page("/?shelf=all")


async def test_my_customer_who_has_written_again_awaits_a_reply(
    aino: Browser, database: AsyncEngine, voice: Voice
) -> None:
    number = await taken(database, voice)
    await aino.post(f"/conversations/{number}/reply", text="Hetki vain.")
    assert "Odottaa vastausta" not in await aino.page("/?shelf=mine")
    async with database.begin() as connection:
        await conversations.add_line(connection, number, NOW, Author.CUSTOMER, "selvä")
    assert "Odottaa vastausta" in await aino.page("/?shelf=mine")


async def test_the_conversation_shows_all_that_happened_in_order(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database, lookup=looked_up(ORDER))
    page = await aino.page(f"/conversations/{number}")
    page = page[page.index('id="lines"') :]
    in_order(
        page, "Tänään", "Matti Korhonen", "missä mun tilaus 10473 on", "12.00", "Tilaus 10473",
        "Lähetetty, Posti, arvioitu 24.11., muuttui 22.11. 10.00", "Botti", "Katson sen sinulle.", "Lähtee kohta",
        "Siirretty jonoon: Asiakas pyysi ihmistä",
    )  # fmt: skip


async def test_the_packet_leads_from_a_fact_to_its_message(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database, lookup=looked_up(ORDER))
    page = await aino.page(f"/conversations/{number}")
    page = page[page.index('id="packet"') :]
    line = (await rows(database, "transcript"))[0]["id"]
    in_order(page, "Asiakas kysyy tilauksesta 10473.", "Asiakas pyysi ihmistä", "suomi", "Tilausnumero", "10473")
    assert f'href="/conversations/{number}#line-{line}"' in page
    in_order(page, "Tilaus 10473", "4 min sitten", "Botti yritti", "Missä tilaukseni on")


@pytest.mark.parametrize(
    ("lookup", "words"),
    [
        (looked_up(None, ok=False), "Järjestelmä ei vastannut"),
        (looked_up(None), "Ei löytynyt"),
        (looked_up({"balance": 12}, source="invoices"), "balance: 12"),
        (looked_up({"state": 7}), "state: 7"),
        (looked_up({"outages": []}, source="outages"), "Ei häiriöitä"),
        (looked_up({"municipality": "Kuopio", "postal_code": None}, source="areas"), "Tunnistettu: Kuopio"),
    ],
)
async def test_every_look_up_is_told(aino: Browser, database: AsyncEngine, lookup: Lookup, words: str) -> None:
    number = await waiting(database, lookup=lookup)
    assert words in await aino.page(f"/conversations/{number}")


async def test_an_outage_in_words(aino: Browser, database: AsyncEngine) -> None:
    started, end = (NOW - timedelta(hours=3, minutes=30)).isoformat(), (NOW + timedelta(days=1)).isoformat()
    outage = {"kind": "fault", "service": "broadband", "state": "open", "started_at": started}
    found = {"outages": [outage | {"end": end}]}
    number = await waiting(database, lookup=looked_up(found, source="outages"))
    expected = "Vika: laajakaista, käynnissä, alkoi 8.30, arvio 25.11. 12.00"
    assert expected in await aino.page(f"/conversations/{number}")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (DeliveryStatus.SENT, "Lähetetty"),
        (DeliveryStatus.DELIVERED, "Perillä"),
        (DeliveryStatus.READ, "Luettu"),
        (DeliveryStatus.FAILED, "Ei mennyt perille"),
        (DeliveryStatus.DROPPED, "Jätettiin lähettämättä"),
    ],
)
async def test_delivery_in_words(aino: Browser, database: AsyncEngine, status: DeliveryStatus, words: str) -> None:
    number = await waiting(database)
    async with database.begin() as connection:
        await connection.execute(update(Outbox).values(status=status))
    assert words in await aino.page(f"/conversations/{number}")


async def test_what_the_bot_has_can_be_read_only(aino: Browser, database: AsyncEngine) -> None:
    number = await customer(database, "mihin asti ootte auki")
    page = await aino.page(f"/conversations/{number}?shelf=bot")
    in_order(page, "Matti Korhonen", "mihin asti ootte auki", "Botti hoitaa", "Voit lukea, mutta et vastata.")
    for control in ('id="take"', 'id="composer"', 'id="give-back"', 'id="resolve"'):
        assert control not in page


async def test_a_colleagues_conversation_can_be_read_only(onni: Browser, database: AsyncEngine, voice: Voice) -> None:
    number = await taken(database, voice, "aino")
    page = await onni.page(f"/conversations/{number}")
    assert "Aino hoitaa tätä keskustelua. Voit lukea, mutta et vastata." in page
    assert 'id="composer"' not in page


async def test_a_picture_and_a_pressed_button(aino: Browser, database: AsyncEngine) -> None:
    content = {"attachments": [{"kind": "image", "name": None}, {"kind": "unheard", "name": "x"}], "pressed": "/affirm"}
    number = await waiting(database, text=None, content=content)
    in_order(await aino.page(f"/conversations/{number}"), "Kuva", "Liite: x", "Painoi painiketta")


async def test_what_customers_write_is_never_markup(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database, text="<script>alert(1)</script>", name="<b>Matti</b>")
    page = await aino.page(f"/conversations/{number}")
    assert "<script>alert" not in page
    assert "<b>Matti" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_the_end_of_the_window_is_seen_coming(aino: Browser, database: AsyncEngine, voice: Voice) -> None:
    soon = await taken(database, voice, at=NOW - timedelta(hours=22, minutes=30))
    over = await taken(database, voice, at=NOW - timedelta(hours=25))
    assert "Vastausaikaa on jäljellä 1 t 30 min." in await aino.page(f"/conversations/{soon}")
    assert "Vastausaika on päättynyt." in await aino.page(f"/conversations/{over}")


async def test_long_conversations_open_at_their_end(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    async with database.begin() as connection:
        for line in range(210):
            await conversations.add_line(connection, number, NOW, Author.CUSTOMER, f"rivi {line};")
    page = await aino.page(f"/conversations/{number}")
    assert "rivi 209;" in page
    assert "rivi 9;" not in page
    assert f"/conversations/{number}?lines=400" in page
    assert "rivi 0;" in await aino.page(f"/conversations/{number}?lines=400")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "Työpöytä"),
        ({"Accept-Language": "sv-FI,sv;q=0.9,en;q=0.5"}, "Arbetsbordet"),
        ({"Accept-Language": "en-GB"}, "Desk"),
        ({"Accept-Language": "de,fr;q=0.9"}, "Työpöytä"),
    ],
)
async def test_the_pages_speak_the_browsers_language(aino: Browser, headers: dict[str, str], words: str) -> None:
    assert f"<h1>{words}</h1>" in await aino.page("/", headers=headers)


async def test_a_chosen_language_is_kept(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    await aino.page("/?lang=sv")
    page = await aino.page(f"/conversations/{number}")
    in_order(page, 'lang="sv"', "Kunden frågar om beställning 10473.", "Ta konversationen", "Kunden bad om en människa")


async def test_every_answer_is_locked_up(aino: Browser) -> None:
    for path in ("/", "/sign-in", "/static/main.js", "/conversations/999", "/healthz"):
        headers = (await aino.client.get(path)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert (await aino.client.get("/")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/conversations/999", "/conversations/999999999999999999", "/nowhere"])
async def test_a_page_that_is_not_there_says_so(aino: Browser, path: str) -> None:
    status, page = await aino.get(path)
    assert status == 404
    assert "Palaa työpöydälle." in page


async def test_a_database_that_is_away_is_told(aino: Browser, server: Server, database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE agent_session RENAME TO gone")
    status, page = await aino.get("/")
    assert status == 503
    assert "Odota hetki ja yritä uudelleen." in page
