"""The phones behave as phones do: what can be pressed, what vanishes, what the ticks say."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from bot.simulator.app import make_app
from tests.unit.simulator.kit import NUMBER, PAGE, SETTINGS, Clock, Gateway, Simulator

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


@pytest_asyncio.fixture
async def timed(gateway: tuple[Gateway, str], clock: Clock) -> AsyncIterator[Simulator]:
    """A simulator whose clock is moved by hand."""
    app = make_app(replace(SETTINGS, gateway_url=gateway[1]), clock)
    async with TestClient(TestServer(app)) as client:
        yield Simulator(client, gateway[0])


async def act(simulator: Simulator, contact: Json, status: int = 201, **wish: Any) -> Json:
    """The customer does something."""
    return dict(await simulator.control("POST", f"contacts/{contact['id']}/messages", wish, status))


async def chat(simulator: Simulator, contact: Json, query: str = "") -> list[Json]:
    """What stands on the phone."""
    return list((await simulator.control("GET", f"contacts/{contact['id']}/chat?{query}"))["messages"])


async def offer(simulator: Simulator, contact: Json, message: Json) -> Json:
    """The business sends this message."""
    if contact["channel"] == "messenger":
        to: Json = {"recipient": {"id": contact["psid"]}, "messaging_type": "RESPONSE"}
        status, answer = await simulator.graph(PAGE, {**to, "message": message})
    else:
        to = {"messaging_product": "whatsapp", "recipient": contact["bsuid"], "type": "interactive"}
        status, answer = await simulator.graph(NUMBER, {**to, "interactive": message})
    assert status == 200, answer
    return answer


async def item_of(simulator: Simulator, message: Json) -> Json:
    """The webhook item that the act caused."""
    [hook] = await simulator.webhooks(1, message=message["id"].replace("+", "%2B"))
    entry = json.loads(hook["raw"])["entry"][0]
    return dict(entry["messaging"][0] if "messaging" in entry else entry["changes"][0]["value"]["messages"][0])


QUICK = {"text": "Missä?", "quick_replies": [{"content_type": "text", "title": "Oulu", "payload": "/oulu"}]}
REPLIES = [{"id": "/yes", "title": "Kyllä"}, {"id": "/no", "title": "Ei"}]
BUTTONS = {
    "type": "button",
    "body": {"text": "?"},
    "action": {"buttons": [{"type": "reply", "reply": reply} for reply in REPLIES]},
}
LIST = {"type": "list", "body": {"text": "?"}, "action": {"button": "Valitse", "sections": [
    {"rows": [{"id": "/tv", "title": "TV", "description": "Kanavat"}]},
]}}  # fmt: skip


async def test_quick_reply_brings_text_and_payload_and_vanishes(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await offer(simulator, contact, QUICK)
    pressed = await act(simulator, contact, press="Oulu")
    item = await item_of(simulator, pressed)
    assert item["message"] == {"mid": pressed["id"], "text": "Oulu", "quick_reply": {"payload": "/oulu"}}
    assert "nothing on the phone" in (await act(simulator, contact, 409, press="Oulu"))["error"]


async def test_quick_replies_vanish_when_another_bubble_follows(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await offer(simulator, contact, QUICK)
    await simulator.say(contact)
    await act(simulator, contact, 409, press="/oulu")


async def test_postback_can_be_pressed_again(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    button = {"type": "postback", "title": "Ihminen", "payload": "/handoff"}
    payload = {"template_type": "button", "text": "?", "buttons": [button]}
    await offer(simulator, contact, {"attachment": {"type": "template", "payload": payload}})
    for _ in range(2):
        pressed = await act(simulator, contact, press="/handoff")
        item = await item_of(simulator, pressed)
        assert item["postback"] == {"mid": pressed["id"], "title": "Ihminen", "payload": "/handoff"}


async def test_link_button_causes_no_webhook(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    button = {"type": "web_url", "title": "Oma", "url": "https://oma.revontuli.example"}
    payload = {"template_type": "button", "text": "?", "buttons": [button]}
    await offer(simulator, contact, {"attachment": {"type": "template", "payload": payload}})
    await act(simulator, contact, 409, press="Oma")
    assert len(await chat(simulator, contact)) == 1


async def test_whatsapp_reply_button_works_once(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    sent = await offer(simulator, contact, BUTTONS)
    item = await item_of(simulator, await act(simulator, contact, press="/yes"))
    assert item["context"] == {"from": "358105550100", "id": sent["messages"][0]["id"]}
    assert item["interactive"] == {"type": "button_reply", "button_reply": {"id": "/yes", "title": "Kyllä"}}
    await act(simulator, contact, 409, press="/no")


async def test_whatsapp_list_reply(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    await offer(simulator, contact, LIST)
    item = await item_of(simulator, await act(simulator, contact, press="TV"))
    reply = {"id": "/tv", "title": "TV", "description": "Kanavat"}
    assert item["interactive"] == {"type": "list_reply", "list_reply": reply}


@pytest.mark.parametrize("channel", ["messenger", "whatsapp"])
async def test_reaction_reaches_the_product(simulator: Simulator, channel: str) -> None:
    contact = await simulator.contact(channel)
    await simulator.say(contact)
    assert (await act(simulator, contact, reaction="❤️"))["reaction"] == "❤️"
    [hook] = await simulator.webhooks(1, kind="reaction")
    assert "\\u2764" in hook["raw"]


async def test_ticks_of_the_customer_follow_the_gateway_and_the_reader(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    message = await act(simulator, contact, text="moi")
    assert message["status"] == "waiting"
    await simulator.control("GET", "events?kind=ticks&status=delivered&wait=10")
    assert (await chat(simulator, contact))[0]["status"] == "delivered"
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": message["id"]}
    _, answer = await simulator.graph(NUMBER, {**read, "typing_indicator": {"type": "text"}})
    assert answer == {"success": True}
    shown = await simulator.control("GET", f"contacts/{contact['id']}/chat")
    assert (shown["messages"][0]["status"], shown["typing"]) == ("read", True)
    await simulator.say(contact)
    assert (await simulator.control("GET", f"contacts/{contact['id']}/chat"))["typing"] is False


async def test_chat_waits_for_the_answer(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await act(simulator, contact, text="moi")
    waiting = asyncio.create_task(chat(simulator, contact, "after=1&from=business&count=2&wait=10"))
    await simulator.say(contact, "hei")
    assert not waiting.done()
    await simulator.say(contact, "mikä hätänä")
    assert [message["text"] for message in await waiting] == ["hei", "mikä hätänä"]


async def test_window_closes_24_hours_after_the_last_message(timed: Simulator, clock: Clock) -> None:
    contact = await timed.contact("messenger")
    await act(timed, contact, text="moi")
    clock.now += timedelta(hours=23, minutes=59)
    assert (await timed.say(contact))[0] == 200
    clock.now += timedelta(minutes=1)
    assert (await timed.say(contact))[1]["error"]["error_subcode"] == 2018278
    await act(timed, contact, text="vielä täällä")
    assert (await timed.say(contact))[0] == 200


async def test_times_of_one_customer_never_repeat(timed: Simulator) -> None:
    contact = await timed.contact("messenger")
    stamps = [(await act(timed, contact, text=str(n)))["at"] for n in range(5)]
    assert len(set(stamps)) == 5
    assert stamps == sorted(stamps)


async def test_somebody_else_answers_for_the_page(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("POST", f"contacts/{contact['id']}/echo", {"text": "Hei, täällä Anna"}, 201)
    [hook] = await simulator.webhooks(1, kind="echo")
    assert json.loads(hook["raw"])["entry"][0]["messaging"][0]["message"]["app_id"] == 263902037430900


async def test_senseless_control_calls(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger", psid="42")
    await simulator.control("POST", "contacts", {"channel": "sms"}, 400)
    await simulator.control("POST", "contacts", {"channel": "messenger", "psid": "42"}, 409)
    await simulator.control("POST", "contacts", {"channel": "messenger", "online": "yes"}, 400)
    await simulator.control("GET", "contacts/nobody", None, 404)
    await simulator.control("GET", f"contacts/{contact['id']}/chat?after=x", None, 400)
    await act(simulator, contact, 409, text=" ")
    await act(simulator, contact, 409, attachment="hologram")
