"""The page: rendered by the server in three languages, changed live, and safe against what people write."""

import json
from typing import Any

import aiohttp
import pytest

from bot.simulator.presets import OFF, ON
from bot.simulator.samples import STATIC
from bot.simulator.texts import TEXTS
from tests.unit.simulator.kit import Simulator

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


async def page(simulator: Simulator, query: str = "", **headers: str) -> str:
    """The HTML of the start page."""
    async with simulator.client.get("/?" + query, headers=headers) as answer:
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        return await answer.text()


@pytest.mark.parametrize(
    ("language", "heading"),
    [("fi", "Kirjoita asiakkaana."), ("sv", "Skriv som kund."), ("en", "Write as a customer.")],
)
async def test_page_speaks_three_languages(simulator: Simulator, language: str, heading: str) -> None:
    html = await page(simulator, f"lang={language}")
    assert f'<html lang="{language}">' in html
    assert heading in html
    assert heading in await page(simulator, **{"Accept-Language": f"{language}-FI,de;q=0.5"})


async def test_page_shows_the_desk_and_the_sign_ins(simulator: Simulator) -> None:
    html = await page(simulator)
    assert 'href="http://desk.example"' in html
    assert "revontuli-1" in html
    assert 'data-phone="messenger"' in html
    assert 'data-phone="whatsapp"' in html


async def test_chat_is_in_the_first_paint_and_escaped(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger", name="<b>Aino</b>")
    await simulator.control("POST", f"contacts/{contact['id']}/messages", {"text": "<script>alert(1)</script>"}, 201)
    html = await page(simulator, f"messenger={contact['id']}")
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "<b>Aino" not in html


async def test_new_customer_gets_an_empty_phone(simulator: Simulator) -> None:
    await page(simulator)
    form = {"channel": "whatsapp", "lang": "sv"}
    async with simulator.client.post("/page/customers", data=form, allow_redirects=False) as answer:
        assert answer.status == 303
        target = answer.headers["Location"]
    contacts = (await simulator.control("GET", "contacts"))["contacts"]
    newest = contacts[-1]
    assert target == f"/?lang=sv&whatsapp={newest['id']}"
    assert (newest["channel"], newest["phone"]) == ("whatsapp", "")  # every other one hides the number


async def test_drawer_shows_the_call_and_the_webhooks(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.say(contact, "hei ä")
    await simulator.webhooks(3)
    async with simulator.client.get(f"/page/wire?contact={contact['id']}&message=1&lang=en") as answer:
        html = await answer.text()
    assert html.index("Aspa asked Meta") < html.index("Meta told Aspa")
    assert "hei ä" in html
    assert html.count("<section") == 4  # the call, the echo, the delivery, the read
    assert (await simulator.client.get(f"/page/wire?contact={contact['id']}&message=9")).status == 404


async def next_piece(stream: aiohttp.ClientResponse) -> Json:
    """The next message of the live stream."""
    async for line in stream.content:
        if line.startswith(b"data: "):
            return dict(json.loads(line.removeprefix(b"data: ")))
    raise AssertionError("the stream ended")


async def test_live_stream_brings_bubbles_ticks_and_typing(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    html = await page(simulator, f"messenger={contact['id']}")
    boot, after = (html.split(f'data-{key}="')[1].split('"')[0] for key in ("boot", "after"))
    address = f"/page/live?boot={boot}&after={after}&lang=sv&messenger={contact['id']}"
    async with simulator.client.get(address) as stream:
        assert stream.content_type == "text/event-stream"
        await simulator.control("POST", f"contacts/{contact['id']}/messages", {"text": "moi"}, 201)
        piece = await next_piece(stream)
        assert (piece["kind"], piece["phone"], piece["n"]) == ("message", "messenger", 1)
        assert "på väg" in piece["html"] or "levererat" in piece["html"]
        await simulator.graph(
            "/v26.0/me/messages", {"recipient": {"id": contact["psid"]}, "sender_action": "typing_on"}, "page-token"
        )
        awaited = {"typing", "ticks", "trouble"}
        while awaited:
            awaited.discard((await next_piece(stream))["kind"])
        await simulator.control("PATCH", "faults", ON["batch"])
        while (piece := await next_piece(stream))["kind"] != "faults":
            pass
        assert "checked" in piece["html"]


async def test_page_of_an_earlier_run_is_told_to_reload(simulator: Simulator) -> None:
    async with simulator.client.get("/page/live?boot=old&after=900") as stream:
        assert await next_piece(stream) == {"kind": "reload"}


async def test_page_says_when_the_product_does_not_answer(simulator: Simulator) -> None:
    simulator.gateway.status = 503
    contact = await simulator.contact("messenger")
    assert 'class="trouble" role="alert" hidden' in await page(simulator)
    await simulator.control("POST", f"contacts/{contact['id']}/messages", {"text": "moi"}, 201)
    await simulator.webhooks(1)
    assert 'class="trouble" role="alert" hidden' not in await page(simulator)


@pytest.mark.parametrize("name", ON)
async def test_every_switch_goes_on_and_off(simulator: Simulator, name: str) -> None:
    rest = await simulator.control("GET", "faults")
    assert "checked" not in await page(simulator)
    assert await simulator.control("PATCH", "faults", ON[name]) != rest
    assert (await page(simulator)).count("checked") == 1
    await simulator.control("PATCH", "faults", OFF[name])
    assert "checked" not in await page(simulator)


async def test_other_sites_may_not_press_our_buttons(simulator: Simulator) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with simulator.client.delete("/simulator/faults", headers=headers) as answer:
        assert answer.status == 403


async def test_everything_the_page_loads_is_ours_and_small(simulator: Simulator) -> None:
    html = await page(simulator)
    for piece in html.split('"'):
        if piece.startswith("/static/"):
            assert (await simulator.client.get(piece)).status == 200, piece
    scripts = [path.read_text() for path in STATIC.glob("*.js")]
    assert sum(len(script) for script in scripts) < 20_000
    assert not [path.name for path in STATIC.glob("*.[cj]s*") if "://" in path.read_text()]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


PAIRS = [
    ("ink", "page"), ("ink", "surface"), ("ink-2", "page"), ("ink-2", "surface"), ("ink-2", "sunken"),
    ("on-accent", "accent"), ("on-bubble", "bubble"), ("tick-read", "bubble"), ("on-soft", "accent-soft"),
    ("on-amber", "amber-soft"), ("accent-strong", "surface"), ("red", "surface"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
async def test_colours_can_be_read(theme: int, ink: str, ground: str) -> None:
    block = (STATIC / "tokens.css").read_text().split("@media")[theme]
    colours = {
        name: value.strip()
        for name, value in (
            line.strip().rstrip(";").split(":", 1) for line in block.splitlines() if line.strip().startswith("--")
        )
    }
    light, dark = sorted((luminance(colours[f"--{ink}"]), luminance(colours[f"--{ground}"])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("key", TEXTS)
async def test_words_are_there_in_every_language_and_calm(key: str) -> None:
    assert all(TEXTS[key])
    assert not any("!" in words for words in TEXTS[key])
