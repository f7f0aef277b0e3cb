"""Nothing sensitive that reaches the gateway is found in the database or in a log afterwards (R6)."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from prometheus_client import generate_latest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import gateway, handoff
from bot.clock import utc_now
from bot.config import from_environment
from bot.model import Author, EventKind, HandoffWish
from bot.store import conversations, inbox
from bot.store.inbox import InboxItem
from tests.scenarios.wire import ENVIRONMENT, Meta, everything, message, on_the_wire, page, rows
from tests.unit.channels.payloads import payload

SENSITIVE = {
    "131052-308T": ("131052", "308T"),
    "010203A1230": ("010203", "1230"),
    "131052 \u2013 308 T": ("131052", "308 T"),
    "4111 1111 1111 1111": ("1111 1111", "41111111"),
    "5555\u00a05555\u00a05555\u00a04444": ("5555", "4444"),
    "3782-822463-10005": ("822463", "10005"),
    "FI21 1234 5600 0007 85": ("5600", "0007"),
    "se4550000000058398257466": ("058398257466",),
}
ALL = " / ".join(SENSITIVE)


def whatsapp(kind: str, part: Any, **beside: Any) -> Any:
    """Return a WhatsApp webhook of that type, with sensitive things everywhere else too."""
    body = payload("whatsapp", "text")
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["profile"]["name"] = f"Elli {ALL}"
    value["messages"][0] |= {"id": f"wamid.{kind}", "type": kind, kind: part, "unheard_of": {ALL: [ALL]}, **beside}
    return body


WEBHOOKS: dict[str, Any] = {
    "text": message("m_1", f"moi {ALL} kiitos"),
    "text of WhatsApp": whatsapp("text", {"body": ALL}),
    "caption": whatsapp("image", {"id": "1", "caption": ALL, "url": f"https://x.example/?q={ALL}"}),
    "document": whatsapp("document", {"id": "1", "filename": f"{ALL}.pdf"}),
    "place": whatsapp("location", {"name": ALL, "address": ALL, "latitude": 1, "longitude": 2}),
    "vcard": whatsapp("contacts", [{"name": {"formatted_name": ALL}, "phones": [{"phone": ALL}], "vcard": ALL}]),
    "flow": whatsapp("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": json.dumps({"a": ALL})}}),
    "button": whatsapp("button", {"text": ALL, "payload": f"/inform {ALL}"}),
    "unknown type": whatsapp("dream", {"of": ALL, "number": 4111111111111111, "decimal": 4111111111111111.0}),
    "context": whatsapp("text", {"body": "x"}, context={"id": ALL, "from": ALL}),
    "attachment": page(
        {
            "sender": {"id": "7001"},
            "message": {"mid": "m_2", "attachments": [{"type": "fallback", "payload": {"title": ALL, "url": ALL}}]},
        }
    ),
    "postback": page({"sender": {"id": "7001"}, "postback": {"mid": "m_3", "title": ALL, "payload": ALL}}),
    "echo of another app": page(
        {"sender": {"id": "1"}, "recipient": {"id": "7001"}, "message": {"mid": "m_4", "is_echo": True, "text": ALL}}
    ),
    "edit": page({"sender": {"id": "7001"}, "message_edit": {"mid": "m_1", "text": ALL}}),
    "metadata of another app": page({"pass_thread_control": {"new_owner_app_id": "1", "metadata": "131052-308T"}}),
    "unknown object": {"object": ALL, "entry": [ALL]},
    "a list": [ALL, {"text": ALL}],
}


async def test_nothing_sensitive_is_kept(database: AsyncEngine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = gateway.make_app(from_environment(ENVIRONMENT), database, utc_now)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        meta = Meta(http, str(server.make_url("/webhooks/whatsapp")))
        for name, body in WEBHOOKS.items():
            assert await meta.sends(body) == 200, name
            assert await meta.posts(on_the_wire(body)[:-2]) == 200, f"{name}, broken"
            assert await meta.posts(json.dumps(body, ensure_ascii=False).encode("utf-16")[:-3]) == 200, name
            assert await meta.posts(on_the_wire(body), **{"X-Hub-Signature-256": "sha256=0"}) == 401
    assert await rows(database, "SELECT count(*) FROM webhook") == [3 * len(WEBHOOKS)]
    await _write_as_turns_do(database)
    for place in (await everything(database), caplog.text, generate_latest().decode()):
        _assert_clean(place)
    assert "[henkilötunnus]" in await everything(database)


def _assert_clean(place: str) -> None:
    bare = re.sub(r"\\u[0-9a-f]{4}|[\W_]", "", place)
    for whole, parts in SENSITIVE.items():
        assert whole not in place
        assert re.sub(r"\W", "", whole) not in bare
        assert not [part for part in parts if re.search(rf"(?<![0-9a-f]){re.escape(part)}(?![0-9a-f])", place)], whole


async def _write_as_turns_do(database: AsyncEngine) -> None:
    """Put everything into conversations, transcripts and the packet of a handoff."""
    async with database.begin() as connection:
        while items := await inbox.claim_thread(connection, utc_now()):
            await _write_thread(connection, items)


async def _write_thread(connection: AsyncConnection, items: list[InboxItem]) -> None:
    now = utc_now()
    for item in items:
        conversation = await conversations.open_conversation(connection, item.event)
        content = {"attachments": [[a.name, a.caption, a.url] for a in item.event.attachments]}
        author = Author.CUSTOMER if item.event.kind is EventKind.MESSAGE else Author.EXTERNAL
        await conversations.add_line(connection, conversation.id, now, author, item.event.text, content)
    wish = HandoffWish("asked", {"fi": items[-1].event.text or ""})
    await handoff.hand_off(connection, conversation, wish, {"place": items[-1].event.payload}, "fi", now)
    await inbox.close(connection, [item.id for item in items])
