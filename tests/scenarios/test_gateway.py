"""The gateway over real HTTP and a real PostgreSQL: what is answered, what is kept, and what is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import gateway
from bot.clock import utc_now
from bot.config import from_environment
from bot.errors import ConfigError
from bot.model import Author, EventKind
from bot.store import conversations, db, inbox
from bot.store.schema import Inbox
from tests.scenarios.wire import (
    ENVIRONMENT,
    OLD_SECRET,
    SECRET,
    TOKEN,
    Meta,
    Proxy,
    counted,
    message,
    on_the_wire,
    page,
    proxied,
    rows,
    sign,
)
from tests.unit.channels.payloads import names, payload

SIGNATURE = "X-Hub-Signature-256"
WEBHOOKS = "SELECT body, problem FROM webhook ORDER BY id"
EVENTS = "SELECT external_id FROM inbox ORDER BY occurred_at, id"


@pytest.fixture
async def meta(database: AsyncEngine) -> AsyncIterator[Meta]:
    """Post to a gateway on a database of its own."""
    app = gateway.make_app(from_environment(ENVIRONMENT), database, utc_now)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Meta(http, str(server.make_url("/webhooks/messenger")))


HANDSHAKES = {
    "right": ({"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}, 200),
    "wrong token": ({"hub.mode": "subscribe", "hub.verify_token": "guess", "hub.challenge": "1"}, 403),
    "no token": ({"hub.mode": "subscribe", "hub.challenge": "1"}, 403),
    "empty token": ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}, 403),
    "wrong mode": ({"hub.mode": "unsubscribe", "hub.verify_token": TOKEN, "hub.challenge": "1"}, 403),
    "a visitor": ({}, 403),
}


@pytest.mark.parametrize(("query", "status"), HANDSHAKES.values(), ids=HANDSHAKES)
async def test_handshake(meta: Meta, query: dict[str, str], status: int) -> None:
    async with meta.http.get(meta.url, params=query) as response:
        assert response.status == status
        if status == 200:
            assert await response.text() == "1158201444"


@pytest.mark.parametrize("channel", ["messenger", "whatsapp", "instagram"])
async def test_the_bodys_object_decides_not_the_path(meta: Meta, database: AsyncEngine, channel: str) -> None:
    at = Meta(meta.http, meta.url.replace("messenger", channel))
    assert await at.sends(message("m_1")) == 200
    assert await at.sends(payload("whatsapp", "text")) == 200
    assert await rows(database, "SELECT channel FROM inbox ORDER BY id") == ["messenger", "whatsapp"]


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET], ids=["today's secret", "yesterday's secret"])
async def test_a_good_signature_is_taken(meta: Meta, database: AsyncEngine, secret: str) -> None:
    body = on_the_wire(message("m_1", "Äkkiä! 🙂 @ / \\"))
    assert await meta.posts(body, **{SIGNATURE: sign(body, secret)}) == 200
    assert await rows(database, "SELECT event->>'text' FROM inbox") == ["Äkkiä! 🙂 @ / \\"]


GOOD = on_the_wire(message("m_1"))
BAD_SIGNATURES = {
    "missing": {},
    "empty": {SIGNATURE: ""},
    "another secret": {SIGNATURE: sign(GOOD, "guess")},
    "of another body": {SIGNATURE: sign(GOOD + b" ")},
    "one digit flipped": {SIGNATURE: sign(GOOD)[:-1] + ("0" if sign(GOOD)[-1] != "0" else "1")},
    "cut short": {SIGNATURE: sign(GOOD)[:-1]},
    "no scheme": {SIGNATURE: sign(GOOD).removeprefix("sha256=")},
    "another scheme": {SIGNATURE: sign(GOOD).replace("sha256", "sha1")},
    "only the old header": {"X-Hub-Signature": sign(GOOD)},
    "not ASCII": {SIGNATURE: "sha256=äö\u20ac"},
    "very long": {SIGNATURE: "sha256=" + "a" * 5000},
}


@pytest.mark.parametrize("headers", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
async def test_a_bad_signature_is_refused_and_counted(
    meta: Meta, database: AsyncEngine, headers: dict[str, str]
) -> None:
    before = counted("aspa_webhooks_refused_total", reason="signature")
    assert await meta.posts(GOOD, **{"X-Any": "1", **headers}) == 401
    assert counted("aspa_webhooks_refused_total", reason="signature") == before + 1
    assert await rows(database, WEBHOOKS) == []


async def test_every_flipped_bit_of_a_body_is_noticed(meta: Meta, database: AsyncEngine) -> None:
    flipped = [GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :] for at in range(0, len(GOOD), 7)]
    answers = [await meta.posts(body, **{SIGNATURE: sign(GOOD)}) for body in flipped]
    assert set(answers) == {401}
    assert await rows(database, WEBHOOKS) == []


async def test_a_body_that_is_too_large_is_not_read(meta: Meta, database: AsyncEngine) -> None:
    fits, too_large = (b" " * (gateway.MOST_BYTES + more) for more in (0, 1))
    assert await meta.posts(too_large) == 413
    assert await rows(database, WEBHOOKS) == []
    assert await meta.posts(fits) == 200


BROKEN = {
    "cut in the middle": on_the_wire(message("m_1"))[:90],
    "nothing": b"",
    "words": "Hyvää päivää".encode(),
    "not UTF-8": b'{"object": "\xff\xfe\xe4"}',
    "UTF-16": json.dumps(message("m_1")).encode("utf-16")[:-3],
    "NUL": b'{"object": "page\x00"}',
    "two documents": b"{}{}",
    "deep enough to end the parser": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 5000 digits": b'{"object": ' + b"9" * 5000 + b"}",
    "a list": b"[1, 2]",
    "a text": b'"page"',
    "null": b"null",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_a_broken_body_with_a_good_signature_is_kept_raw(meta: Meta, database: AsyncEngine, body: bytes) -> None:
    assert await meta.posts(body) == 200
    [(kept, problem)] = await rows(database, WEBHOOKS)
    assert problem in ("not JSON", "not an object")
    assert len(kept) >= len(body) // 3
    assert await rows(database, EVENTS) == []


@pytest.mark.parametrize("depth", [100, 300, 480, 495, 600, 900, 990, 1000, 5000])
async def test_no_depth_of_nesting_is_an_error(meta: Meta, depth: int) -> None:
    body = on_the_wire(page({"sender": {"id": "1"}, "message": {"mid": "m_1"}, "x": 0}))
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        assert await meta.posts(body.replace(b'"x":0', b'"x":' + opening * depth + b"0" + closing * depth)) == 200


UNKNOWN = {
    "object": {"object": "threads", "entry": [{"id": "1"}]},
    "no object": {"entry": []},
    "object of a wrong type": {"object": ["page"]},
    "entry of a wrong type": {"object": "page", "entry": "x"},
    "no entry": {"object": "whatsapp_business_account"},
    "nothing at all": {},
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
async def test_what_is_unknown_is_kept_raw(meta: Meta, database: AsyncEngine, body: Any) -> None:
    assert await meta.sends(body) == 200
    assert [(json.loads(kept), problem) for kept, problem in await rows(database, WEBHOOKS)] == [(body, None)]
    assert await rows(database, EVENTS) == []


@pytest.mark.parametrize("channel", ["messenger", "whatsapp", "instagram"])
async def test_every_payload_is_kept_and_its_events_can_be_read(
    meta: Meta, database: AsyncEngine, channel: str
) -> None:
    for name in names(channel):
        assert await meta.sends(payload(channel, name)) == 200, name
    kept = [json.loads(body) for body, _ in await rows(database, WEBHOOKS)]
    assert kept == [payload(channel, name) for name in names(channel)]
    await _every_conversation_opens(database)


STRANGE_TEXTS = {
    "lone surrogate": ("\ud83d moi", "? moi"),
    "surrogates the wrong way round": ("\ude00\ud83d", "??"),
    "NUL": ("a\x00b", "a\ufffdb"),
    "right-to-left": ("\u202eiom", "\u202eiom"),
    "not a character": ("\uffff\ufffe", "\uffff\ufffe"),
    "50,000 signs": ("moi " * 12_500, "moi " * 12_500),
    "quotes and SQL": ("'; DROP TABLE inbox; --", "'; DROP TABLE inbox; --"),
}


@pytest.mark.parametrize(("sent", "kept"), STRANGE_TEXTS.values(), ids=STRANGE_TEXTS)
async def test_strange_texts(meta: Meta, database: AsyncEngine, sent: str, kept: str) -> None:
    assert await meta.sends(message("m_1", sent)) == 200
    assert await rows(database, "SELECT event->>'text' FROM inbox") == [kept]


async def test_very_long_ids_harm_nobody_else(meta: Meta, database: AsyncEngine) -> None:
    signs = "".join(chr(0x1F600 + number % 70) for number in range(3000))
    for place in ({"id": signs}, {"id": "1" * 50_000}):
        body = page(
            {"sender": place, "message": {"mid": "m_1", "text": "x"}}, message("m_2")["entry"][0]["messaging"][0]
        )
        assert await meta.sends(body) == 200
    long_account = message("m_3")
    long_account["entry"][0]["id"] = signs
    assert await meta.sends(long_account) == 200
    assert await rows(database, EVENTS + " OFFSET 0") != []
    assert await rows(database, "SELECT external_id FROM inbox WHERE kind = 'message'") == ["m_2"]


async def test_an_event_that_cannot_be_stored_is_kept_raw_and_the_others_go_on(
    meta: Meta, database: AsyncEngine
) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox ADD CHECK (external_id <> 'm_poison')")
    items = [message(mid)["entry"][0]["messaging"][0] for mid in ("m_1", "m_poison", "m_2")]
    assert await meta.sends(page(*items)) == 200
    assert await rows(database, "SELECT external_id FROM inbox ORDER BY id") == ["m_1", "m_2"]
    [(body, problem)] = await rows(database, WEBHOOKS)
    assert "m_poison" in body
    assert problem == "not every event can be stored"


async def test_a_webhook_that_comes_again_is_kept_once(meta: Meta, database: AsyncEngine) -> None:
    bodies = [payload("messenger", "batch"), payload("whatsapp", "batch")]
    for body in bodies * 3:
        assert await meta.sends(body) == 200
    kept = await rows(database, "SELECT channel, account, external_id FROM inbox")
    assert len(kept) == len(set(kept)) == 6 + 8


async def test_copies_at_the_same_moment_are_kept_once(meta: Meta, database: AsyncEngine) -> None:
    items = [message(f"m_{number}", stamp=1795428000000 + number)["entry"][0]["messaging"][0] for number in range(20)]
    bodies = [on_the_wire(page(*order)) for order in (items, items[::-1], items[10:], items[::2])]
    assert set(await asyncio.gather(*(meta.posts(body) for body in bodies * 5))) == {200}
    assert await rows(database, EVENTS) == [f"m_{number}" for number in range(20)]


async def test_a_batch_of_a_thousand_is_kept_whole(meta: Meta, database: AsyncEngine) -> None:
    items = [message(f"m_{n}", sender=str(n % 50))["entry"][0]["messaging"][0] for n in range(1000)]
    assert await meta.sends(page(*items)) == 200
    assert await rows(database, "SELECT count(*) FROM inbox") == [1000]


@pytest.fixture
async def behind_a_proxy(database_url_object: URL) -> AsyncIterator[tuple[Meta, Proxy, URL]]:
    """Post to a gateway whose way to the database can be cut."""
    async with proxied(database_url_object) as (proxy, url):
        engine = db.make_engine(url, 5)
        app = gateway.make_app(from_environment(ENVIRONMENT), engine, utc_now)
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            yield Meta(http, str(server.make_url("/webhooks/messenger"))), proxy, database_url_object
        await engine.dispose()


async def _until_taken(meta: Meta, body: Any) -> int:
    """Deliver again as Meta does; return how often it took."""
    for tries in range(1, 10):
        if await meta.sends(body) == 200:
            return tries
    raise AssertionError("never taken")


async def test_a_database_that_is_down_is_503_and_the_next_delivery_is_kept(
    behind_a_proxy: tuple[Meta, Proxy, URL], database: AsyncEngine
) -> None:
    meta, proxy, _ = behind_a_proxy
    assert set(await asyncio.gather(*(meta.sends(message(f"m_{number}")) for number in range(5)))) == {200}
    before = counted("aspa_webhooks_refused_total", reason="database")
    await proxy.cut()
    assert [await meta.sends(message("m_late")) for _ in range(3)] == [503, 503, 503]
    assert counted("aspa_webhooks_refused_total", reason="database") == before + 3
    async with meta.http.get(meta.url.replace("webhooks/messenger", "readyz")) as response:
        assert (response.status, (await response.json())["database"]) == (503, False)
    await proxy.open()
    assert await _until_taken(meta, message("m_late")) <= 2
    assert sorted(await rows(database, EVENTS)) == [*(f"m_{number}" for number in range(5)), "m_late"]


async def test_a_database_that_hangs_is_503_in_time(
    behind_a_proxy: tuple[Meta, Proxy, URL], database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    meta, proxy, _ = behind_a_proxy
    assert await meta.sends(message("m_1")) == 200
    monkeypatch.setattr(gateway, "STORE_SECONDS", 0.3)
    proxy.flowing.clear()
    async with asyncio.timeout(5):
        assert await meta.sends(message("m_2")) == 503
    proxy.flowing.set()
    assert await _until_taken(meta, message("m_2")) <= 2
    assert await rows(database, EVENTS) == ["m_1", "m_2"]


def test_no_secret_no_start(database: AsyncEngine) -> None:
    for name in ENVIRONMENT:
        without = {key: value for key, value in ENVIRONMENT.items() if key != name}
        with pytest.raises(ConfigError, match=name):
            gateway.make_app(from_environment(without), database, utc_now)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["page", "messages", "text", "m_1", "-1", "1e400", "99999999999999999999"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=10
)
PAYLOADS = [(channel, name) for channel in ("messenger", "whatsapp", "instagram") for name in names(channel)]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Take a real webhook and put something else, or nothing, in some place of it."""
    body = payload(*draw(st.sampled_from(PAYLOADS)))
    for _ in range(draw(st.integers(1, 3))):
        inside: Any = body
        while isinstance(inside, dict | list) and inside:
            keys = sorted(inside) if isinstance(inside, dict) else list(range(len(inside)))
            key = draw(st.sampled_from(keys))
            if not isinstance(inside[key], dict | list) or draw(st.integers(0, 4)) == 0:
                inside[key] = draw(ANYTHING)
                break
            inside = inside[key]
    return json.dumps(body).encode()


@st.composite
def cut(draw: st.DrawFn) -> bytes:
    whole = draw(spoilt())
    return whole[: draw(st.integers(0, len(whole)))] + draw(st.binary(max_size=5))


async def test_whatever_is_signed_is_200(meta: Meta, database: AsyncEngine) -> None:
    bodies: list[bytes] = []

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(spoilt() | cut() | st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
    def collect(body: bytes) -> None:
        bodies.append(body)

    collect()
    assert len(bodies) >= 200
    for body in bodies:
        assert await meta.posts(body) == 200, body
    assert await rows(database, "SELECT count(*) FROM webhook") == [len(bodies)]
    await _every_conversation_opens(database)


async def _every_conversation_opens(database: AsyncEngine) -> None:
    """Whatever got into the inbox can be read from it and written where a turn writes it."""
    async with database.begin() as connection:
        for row in await connection.execute(Inbox.__table__.select()):
            event = inbox.event_from_json(row.event)
            if event.kind in (EventKind.MESSAGE, EventKind.STANDBY, EventKind.EXTERNAL):
                conversation = await conversations.open_conversation(connection, event)
                assert (event.payload or "").startswith is not None
                content = {"attachments": [item.name for item in event.attachments]}
                author = Author.CUSTOMER
                await conversations.add_line(
                    connection, conversation.id, event.occurred_at, author, event.text, content
                )
