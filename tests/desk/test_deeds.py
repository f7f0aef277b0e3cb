"""What an agent does, what becomes of it, and what he is told when he cannot."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dialogue.voice import Voice
from bot.model import Author, HandoffState, Json, Owner
from tests.desk.browser import Browser
from tests.desk.customers import customer, rows, taken, waiting


async def state_of(database: AsyncEngine) -> tuple[Json, Json, list[HandoffState]]:
    """Return the conversation, its handoff, and the states that the handoff went through."""
    history = [row["to_state"] for row in await rows(database, "handoff_history")]
    return (await rows(database, "conversation"))[0], (await rows(database, "handoff"))[0], history


async def test_taking_gives_the_conversation_and_tells_the_customer(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    answer = await aino.post(f"/conversations/{number}/take")
    assert (answer.status, answer.headers["Location"]) == (303, f"/conversations/{number}?shelf=mine&done=take")
    conversation, handoff, history = await state_of(database)
    assert conversation["owner"] is Owner.HUMAN
    assert handoff["state"] is HandoffState.CLAIMED
    assert history == [HandoffState.WAITING, HandoffState.CLAIMED]
    sent = (await rows(database, "outbox"))[-1]
    assert sent["reply"]["text"] == "Aino Revontulen asiakaspalvelusta jatkaa nyt kanssasi."
    page = await aino.page(answer.headers["Location"])
    assert "Keskustelu on sinulla." in page
    assert 'id="composer"' in page


async def test_of_two_agents_one_gets_it_and_the_other_hears_who(
    aino: Browser, onni: Browser, database: AsyncEngine
) -> None:
    number = await waiting(database)
    path = f"/conversations/{number}/take"
    tokens = await aino.token(), await onni.token()
    answers = await asyncio.gather(aino.post(path, tokens[0], script=True), onni.post(path, tokens[1], script=True))
    assert sorted(answer.status for answer in answers) == [200, 409]
    winner = "Aino" if answers[0].status == 200 else "Onni"
    loser = next(answer for answer in answers if answer.status == 409)
    assert (await loser.json())["error"].startswith(f"{winner} otti keskustelun ensin.")
    assert (await state_of(database))[2] == [HandoffState.WAITING, HandoffState.CLAIMED]


async def test_a_reply_lands_in_the_transcript_and_the_outbox(
    aino: Browser, database: AsyncEngine, voice: Voice
) -> None:
    number = await taken(database, voice)
    answer = await aino.post(f"/conversations/{number}/reply", script=True, text="Hei Matti!\r\nPaketti on matkalla. ")
    assert await answer.json() == {
        "go": f"/conversations/{number}",
        "notice": "Viesti lähtee asiakkaalle.",
        "calm": True,
    }
    line, sent = (await rows(database, "transcript"))[-1], (await rows(database, "outbox"))[-1]
    assert (line["author"], line["text"]) == (Author.AGENT, "Hei Matti!\nPaketti on matkalla.")
    assert sent["transcript_id"] == line["id"]
    assert sent["reply"]["text"] == line["text"]
    page = await aino.page(f"/conversations/{number}")
    assert "Paketti on matkalla." in page
    assert "Lähtee kohta" in page


@pytest.mark.parametrize("code", ["131052-308T", "4111 1111 1111 1111", "FI21 1234 5600 0007 85"])
async def test_personal_codes_are_kept_out_and_the_agent_is_told(
    aino: Browser, database: AsyncEngine, voice: Voice, code: str
) -> None:
    number = await taken(database, voice)
    answer = await aino.post(f"/conversations/{number}/reply", script=True, text=f"Onko tämä {code} sinun?")
    assert "Poistimme sen ennen lähettämistä" in (await answer.json())["notice"]
    await aino.post(f"/conversations/{number}/resolve", outcome="settled", note=f"koodi {code}")
    kept = [await rows(database, table) for table in ("transcript", "outbox", "handoff", "handoff_history")]
    assert code not in str(kept)
    assert "Onko tämä [" in str(kept)


@pytest.mark.parametrize(
    ("text", "words"),
    [(" \r\n ", "Viesti on tyhjä"), ("x" * 4001, "Viesti on liian pitkä: 4001 merkkiä, enintään 4000")],
)
async def test_an_unusable_reply_is_refused_in_words(
    aino: Browser, database: AsyncEngine, voice: Voice, text: str, words: str
) -> None:
    number = await taken(database, voice)
    before = await rows(database, "outbox")
    answer = await aino.post(f"/conversations/{number}/reply", text=text)
    page = await answer.text()
    assert answer.status == 422
    assert words in page
    assert text.strip() in page
    assert await rows(database, "outbox") == before


async def test_a_colleagues_conversation_takes_no_reply_and_keeps_the_words(
    onni: Browser, database: AsyncEngine, voice: Voice
) -> None:
    number = await taken(database, voice, "aino")
    answer = await onni.post(f"/conversations/{number}/reply", script=True, text="Hei!")
    assert answer.status == 409
    assert "Aino otti keskustelun ensin" in (await answer.json())["error"]
    assert "Hei!" not in str(await rows(database, "outbox"))


@pytest.mark.parametrize("deed", ["take", "reply", "resolve", "give-back"])
async def test_a_bots_conversation_takes_no_deeds(aino: Browser, database: AsyncEngine, deed: str) -> None:
    number = await customer(database)
    fields = {"text": "Hei!", "outcome": "settled"}
    answer = await aino.post(f"/conversations/{number}/{deed}", script=True, **fields)
    assert answer.status == 409
    assert (await answer.json())["error"] == "Keskustelu on jo botilla. Mitään ei lähetetty."
    assert (await rows(database, "conversation"))[0]["owner"] is Owner.BOT


async def test_resolving_keeps_the_outcome_and_lets_the_bot_have_it(
    aino: Browser, database: AsyncEngine, voice: Voice
) -> None:
    number = await taken(database, voice)
    before = len(await rows(database, "outbox"))
    answer = await aino.post(f"/conversations/{number}/resolve", outcome="settled", note="osoite vaihdettu")
    assert answer.headers["Location"] == "/?done=resolve"
    conversation, handoff, history = await state_of(database)
    assert (conversation["owner"], conversation["agent_id"]) == (Owner.BOT, None)
    assert handoff["outcome"] == "settled: osoite vaihdettu"
    assert history[-1] is HandoffState.RESOLVED
    assert len(await rows(database, "outbox")) == before
    assert "Aino merkitsi hoidetuksi: Asia hoitui. osoite vaihdettu" in await aino.page(f"/conversations/{number}")


async def test_resolving_needs_an_outcome(aino: Browser, database: AsyncEngine, voice: Voice) -> None:
    number = await taken(database, voice)
    answer = await aino.post(f"/conversations/{number}/resolve", outcome="keksitty", note="muistiinpano")
    page = await answer.text()
    assert answer.status == 422
    assert "Valitse ensin, miten asia päättyi." in page
    assert 'value="muistiinpano"' in page
    assert (await state_of(database))[1]["state"] is HandoffState.CLAIMED


async def test_giving_back_lets_the_bot_say_that_it_is_back(aino: Browser, database: AsyncEngine, voice: Voice) -> None:
    number = await taken(database, voice)
    await aino.post(f"/conversations/{number}/give-back")
    conversation, handoff, history = await state_of(database)
    assert conversation["owner"] is Owner.BOT
    assert handoff["state"] is HandoffState.RELEASED
    assert history == [HandoffState.WAITING, HandoffState.CLAIMED, HandoffState.RELEASED]
    sent = (await rows(database, "outbox"))[-1]["reply"]["text"]
    assert sent == voice.say("utter_bot_back", "fi").text
    assert "Aino antoi keskustelun takaisin botille" in await aino.page(f"/conversations/{number}")


@pytest.mark.parametrize("csrf", ["", "arvattu"])
async def test_a_form_without_the_sessions_token_does_nothing(aino: Browser, database: AsyncEngine, csrf: str) -> None:
    number = await waiting(database)
    answer = await aino.post(f"/conversations/{number}/take", csrf)
    assert answer.status == 403
    assert "Mitään ei tehty" in await answer.text()
    assert (await rows(database, "conversation"))[0]["owner"] is Owner.WAITING
    assert (await aino.post("/sign-out", csrf)).status == 403


async def test_another_agents_token_does_nothing(aino: Browser, onni: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    assert (await aino.post(f"/conversations/{number}/take", await onni.token())).status == 403


async def test_a_body_larger_than_any_form_is_refused(aino: Browser, database: AsyncEngine) -> None:
    number = await waiting(database)
    answer = await aino.post(f"/conversations/{number}/reply", script=True, text="x" * 70_000)
    assert answer.status == 413
    assert "Lyhennä viestiä" in (await answer.json())["error"]


async def test_a_conversation_that_is_not_there(aino: Browser) -> None:
    answer = await aino.post("/conversations/999/take", script=True)
    assert answer.status == 404
    assert "Osoite on väärä, tai keskustelua ei ole" in (await answer.json())["error"]
