"""Who gets in, who does not, and what he is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.desk.browser import Browser
from tests.desk.conftest import Clock
from tests.desk.customers import rows, waiting

Visit = Callable[[], Awaitable[Browser]]


async def test_the_desk_asks_for_a_sign_in(visit: Visit) -> None:
    browser = await visit()
    answer = await browser.client.get("/conversations/7?pane=packet", allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == "/sign-in?next=/conversations/7"


async def test_right_name_and_password_lead_to_the_desk(visit: Visit) -> None:
    browser = await visit()
    answer = await browser.sign_in("aino")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "Kirjautuneena Aino" in await browser.page()


async def test_the_cookie_is_out_of_reach(visit: Visit, database: AsyncEngine) -> None:
    browser = await visit()
    cookie = (await browser.sign_in("aino")).cookies["aspa_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", "")
    kept = str(await rows(database, "agent_session"))
    assert cookie.value not in kept
    secure = await (await visit()).sign_in("onni", headers={"X-Forwarded-Proto": "https"})
    assert secure.cookies["aspa_session"]["secure"] is True


@pytest.mark.parametrize(
    ("name", "password", "status", "words"),
    [
        ("aino", "väärä", 401, "Tunnus ja salasana eivät täsmää"),
        ("kukaan", "väärä", 401, "Tunnus ja salasana eivät täsmää"),
        ("aino\x00", "väärä", 401, "Tunnus ja salasana eivät täsmää"),
        ("", "väärä", 422, "Kirjoita sekä tunnus että salasana"),
        ("aino", "", 422, "Kirjoita sekä tunnus että salasana"),
        ("aino", "x" * 300, 422, "Tunnus ja salasana eivät täsmää"),
    ],
)
async def test_wrong_sign_ins_are_told_apart_by_nobody(
    visit: Visit, name: str, password: str, status: int, words: str
) -> None:
    browser = await visit()
    answer = await browser.sign_in(name, password)
    assert answer.status == status
    assert words in await answer.text()
    assert "aspa_session" not in answer.cookies
    assert (await browser.get("/"))[0] == 303


async def test_a_form_from_elsewhere_signs_nobody_in(visit: Visit) -> None:
    browser = await visit()
    await browser.token("/sign-in")
    answer = await browser.client.post("/sign-in", data={"name": "aino", "password": "x", "csrf": "arvattu"})
    assert answer.status == 403
    assert "Lataa sivu uudelleen" in await answer.text()


async def test_too_many_attempts_wait_and_bar_nobody_else(visit: Visit, clock: Clock) -> None:
    browser = await visit()
    for _ in range(5):
        assert (await browser.sign_in("aino", "väärä")).status == 401
    answer = await browser.sign_in("aino")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "301")
    assert "Odota 5 min ja yritä sitten uudelleen" in await answer.text()
    assert (await (await visit()).sign_in("onni")).status == 303
    clock.pass_by(minutes=5)
    assert (await browser.sign_in("aino")).status == 303


async def test_signing_out_ends_the_session(aino: Browser, database: AsyncEngine) -> None:
    answer = await aino.post("/sign-out")
    assert answer.headers["Location"] == "/sign-in?out"
    assert await rows(database, "agent_session") == []
    assert (await aino.get("/"))[0] == 303
    assert "Olet kirjautunut ulos" in await aino.page("/sign-in?out")


async def test_a_session_ends_after_a_working_day(aino: Browser, clock: Clock) -> None:
    clock.pass_by(hours=11, minutes=59)
    await aino.page()
    clock.pass_by(minutes=2)
    assert (await aino.get("/"))[0] == 303
    answer = await aino.client.get("/", headers={"X-Piece": "desk"})
    assert answer.status == 401
    assert "Kirjautumisesi on päättynyt" in (await answer.json())["error"]


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/conversations/7", "/conversations/7"),
        ("https://paha.example/", "/"),
        ("//paha.example", "/"),
        ("/\\paha.example", "/"),
        ("/sign-out", "/"),
    ],
)
async def test_signing_in_leads_to_own_pages_only(visit: Visit, wanted: str, goes: str) -> None:
    answer = await (await visit()).sign_in("aino", next_path=f"?next={wanted}")
    assert answer.headers["Location"] == goes


async def test_a_content_editor_has_no_desk(visit: Visit, database: AsyncEngine) -> None:
    number = await waiting(database)
    browser = await visit()
    await browser.sign_in("sisu")
    status, words = await browser.get("/")
    assert status == 403
    assert "sisältöjen muokkaamista varten" in words
    assert "Matti" not in words
    token = (await rows(database, "agent_session"))[0]["csrf"]
    answer = await browser.post(f"/conversations/{number}/take", token)
    assert answer.status == 403
    assert (await rows(database, "conversation"))[0]["owner"] == "waiting"
    assert (await browser.post("/sign-out", token)).status == 303


async def test_an_administrator_has_the_desk(visit: Visit) -> None:
    browser = await visit()
    await browser.sign_in("pomo")
    await browser.page()
