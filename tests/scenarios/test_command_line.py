"""The commands that outside tests rely on, as processes on a database of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.demo.load import load_demo
from bot.clock import utc_now
from bot.config import ROOT

SECONDS = 120


@pytest.fixture
async def demo(database: AsyncEngine, database_url_object: URL, model_path: Path) -> dict[str, str]:
    """An installation with the demo company's data."""
    await load_demo(database, utc_now())
    return {"DATABASE_URL": database_url_object.render_as_string(hide_password=False)}


async def bot(env: dict[str, str], *arguments: str, given: str = "", code: int = 0) -> str:
    """Run a command and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "bot", *arguments),
        env={**os.environ, **env},
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(given.encode()), SECONDS)
    assert process.returncode == code, err.decode()
    return out.decode() if code == 0 else err.decode()


def lines(text: str) -> list[dict[str, Any]]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]


async def test_parse_shows_how_messages_are_understood(demo: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "messages.txt"
    file.write_text("onks kuopios vikaa\nHur länge har ni öppet?\n", encoding="utf-8")
    first, second, third = lines(await bot(demo, "parse", "--file", str(file), "mul ei toimi netti"))
    assert first["text"] == "mul ei toimi netti" and first["intent"] == "report_fault"
    assert second["entities"][0]["value"] == "Kuopio" and len(second["intent_ranking"]) == 3
    assert third["language"] == "sv" and 0 < third["confidence"] <= 1


async def test_reply_holds_a_conversation_over_several_calls(demo: dict[str, str]) -> None:
    asked, answered = lines(await bot(demo, "reply", "--sender", "s1", "mul ei toimi netti", "33100"))
    assert asked["owner"] == "bot" and asked["replies"]
    assert any("Tampere" in reply["text"] for reply in answered["replies"])
    (waiting,) = lines(await bot(demo, "reply", "--sender", "s1", "--channel", "messenger", "ihminen, kiitos"))
    assert waiting["owner"] == "waiting" and waiting["language"] == "fi"
    (silent,) = lines(await bot(demo, "reply", "--sender", "s1", "hei?"))
    assert silent["replies"] == []
    (handoff,) = json.loads(await bot(demo, "handoffs", "--json"))
    facts = {fact["name"]: fact["value"] for fact in handoff["packet"]["facts"]}
    assert facts["postal_code"] == "33100"
    assert [look["source"] for look in handoff["packet"]["lookups"]]
    assert len(handoff["packet"]["transcript"]) > 4


async def test_a_sign_in_is_added_once(demo: dict[str, str]) -> None:
    added = await bot(demo, "agent", "add", "maija", "--role", "agent", given="pitkä salasana\n")
    assert "maija" in added
    assert "already" in await bot(demo, "agent", "add", "maija", given="toinen salasana\n", code=2)


async def test_a_missing_secret_is_named_and_never_shown() -> None:
    empty = dict.fromkeys(("META_APP_SECRET", "META_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN", "WHATSAPP_TOKEN"), "")
    said = await bot({**empty, "META_APP_SECRET": "very-secret-value"}, "serve", code=2)
    assert "META_VERIFY_TOKEN" in said and "very-secret-value" not in said
