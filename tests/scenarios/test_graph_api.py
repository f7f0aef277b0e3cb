"""The local Graph API refuses what Meta refuses, with Meta's codes, and takes what Meta takes. Real HTTP on loopback.

The numbers are written out here once more, on purpose: they come from Meta's pages, not from the simulator's table.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.simulator.app import make_app
from bot.simulator.settings import SimulatorSettings

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]
PAGE, NUMBER = "/v26.0/1029/messages", "/v26.0/1063/messages"
PAGE_TOKEN, NUMBER_TOKEN, APP_SECRET = "page-token", "number-token", "app-secret"
LINK = "https://example.org/x.png"


@dataclass
class Api:
    """The Graph API with one customer on each channel, who both wrote just now."""

    client: TestClient[web.Request, web.Application]
    messenger: Json
    whatsapp: Json

    async def call(self, path: str, body: Json, token: str, **query: str) -> tuple[int, Json]:
        """POST and read the answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.client.post(path, json=body, headers=headers, params=query) as answer:
            return answer.status, await answer.json()

    async def page(self, message: Json | None, **more: Any) -> tuple[int, Json]:
        """Messenger's send, with overridable fields."""
        body: Json = {"recipient": {"id": self.messenger["psid"]}, "messaging_type": "RESPONSE", "message": message}
        body = {key: value for key, value in {**body, **more}.items() if value is not None}
        return await self.call(PAGE, body, PAGE_TOKEN)

    async def number(self, **more: Any) -> tuple[int, Json]:
        """WhatsApp's send, with overridable fields."""
        body: Json = {"messaging_product": "whatsapp", "recipient": self.whatsapp["bsuid"]}
        body = {key: value for key, value in {**body, **more}.items() if value is not None}
        return await self.call(NUMBER, body, NUMBER_TOKEN)

    async def change(self, contact: Json, **fields: Any) -> None:
        """Change the customer by the control API."""
        async with self.client.patch(f"/simulator/contacts/{contact['id']}", json=fields) as answer:
            assert answer.status == 200

    async def bubbles(self, contact: Json) -> list[Json]:
        """What stands on the phone."""
        async with self.client.get(f"/simulator/contacts/{contact['id']}/chat") as answer:
            return list((await answer.json())["messages"])


@pytest_asyncio.fixture
async def api() -> AsyncIterator[Api]:
    """A simulator whose webhooks go to a server that takes them all."""

    async def take(request: web.Request) -> web.Response:
        return web.Response()

    gateway = web.Application()
    gateway.router.add_post("/webhooks/{channel}", take)
    settings = SimulatorSettings("", APP_SECRET, "1029", PAGE_TOKEN, "1063", NUMBER_TOKEN)
    async with TestServer(gateway) as server:
        app = make_app(replace(settings, gateway_url=str(server.make_url("")).rstrip("/")))
        async with TestClient(TestServer(app)) as client:
            people = []
            for channel in ("messenger", "whatsapp"):
                wish = {"channel": channel, "last_message_hours_ago": 0}
                async with client.post("/simulator/contacts", json=wish) as answer:
                    people.append(await answer.json())
            yield Api(client, *people)


def quick(count: int, title: str = "t", payload: str = "p") -> list[Json]:
    """That many quick replies."""
    return [{"content_type": "text", "title": title, "payload": payload}] * count


def postback(title: str = "t", payload: str = "p") -> Json:
    """A Messenger button."""
    return {"type": "postback", "title": title, "payload": payload}


def template(**payload: Any) -> Json:
    """A Messenger message with a template."""
    return {"attachment": {"type": "template", "payload": payload}}


def button_template(text: str = "x", count: int = 1, **button: str) -> Json:
    """Messenger's button template."""
    return template(template_type="button", text=text, buttons=[postback(**button)] * count)


def generic(count: int = 1, buttons: int = 1, **element: str) -> Json:
    """Messenger's generic template."""
    card = {"title": "t", "buttons": [postback()] * buttons, **element}
    return template(template_type="generic", elements=[card] * count)


MESSENGER_GOOD: dict[str, Json] = {
    "text of 2000": {"text": "ä" * 2000},
    "emoji count as one character": {"text": "😀" * 2000},
    "metadata of 999": {"text": "x", "metadata": "m" * 999},
    "13 quick replies": {"text": "x", "quick_replies": quick(13, "t" * 20, "p" * 1000)},
    "button template": button_template("x" * 640, 3, title="t" * 20, payload="p" * 1000),
    "generic template": generic(10, 3, title="t" * 80, subtitle="s" * 80),
    "image": {"attachment": {"type": "image", "payload": {"url": LINK}}},
    "30 images": {"attachments": [{"type": "image", "payload": {"url": LINK}}] * 30},
}
MESSENGER_BAD: dict[str, Json] = {
    "text of 2001": {"text": "ä" * 2001},
    "empty text": {"text": ""},
    "nothing": {},
    "text is a number": {"text": 5},
    "text and attachment": {"text": "x", "attachment": {"type": "image", "payload": {"url": LINK}}},
    "misspelt key": {"text": "x", "quickreplies": quick(1)},
    "metadata of 1000": {"text": "x", "metadata": "m" * 1000},
    "14 quick replies": {"text": "x", "quick_replies": quick(14)},
    "no quick replies": {"text": "x", "quick_replies": []},
    "quick reply title of 21": {"text": "x", "quick_replies": quick(1, "t" * 21)},
    "quick reply payload of 1001": {"text": "x", "quick_replies": quick(1, "t", "p" * 1001)},
    "quick replies alone": {"quick_replies": quick(1)},
    "button template text of 641": button_template("x" * 641),
    "4 buttons": button_template(count=4),
    "0 buttons": button_template(count=0),
    "button title of 21": button_template(title="t" * 21),
    "button payload of 1001": button_template(payload="p" * 1001),
    "11 elements": generic(11),
    "element title of 81": generic(title="t" * 81),
    "element subtitle of 81": generic(subtitle="t" * 81),
    "4 buttons in an element": generic(buttons=4),
    "element with nothing but a title": template(template_type="generic", elements=[{"title": "t"}]),
    "31 images": {"attachments": [{"type": "image", "payload": {"url": LINK}}] * 31},
    "image without address": {"attachment": {"type": "image", "payload": {"url": "x.png"}}},
    "web button without address": template(
        template_type="button", text="x", buttons=[{"type": "web_url", "title": "t", "url": "javascript:x"}]
    ),
}


@pytest.mark.parametrize("message", MESSENGER_GOOD.values(), ids=MESSENGER_GOOD.keys())
async def test_messenger_takes_what_fits_exactly(api: Api, message: Json) -> None:
    status, answer = await api.page(message)
    assert (status, answer["recipient_id"]) == (200, api.messenger["psid"])
    assert [bubble["id"] for bubble in await api.bubbles(api.messenger)] == [answer["message_id"]]


@pytest.mark.parametrize("message", MESSENGER_BAD.values(), ids=MESSENGER_BAD.keys())
async def test_messenger_refuses_with_100(api: Api, message: Json) -> None:
    status, answer = await api.page(message)
    assert (status, answer["error"]["code"], answer["error"]["type"]) == (400, 100, "OAuthException")
    assert answer["error"]["fbtrace_id"]
    assert await api.bubbles(api.messenger) == []


MESSENGER_REQUESTS: dict[str, tuple[Json, int, int | None]] = {
    "unknown recipient": ({"recipient": {"id": "1"}}, 100, 2018001),
    "no recipient": ({"recipient": None}, 100, None),
    "no messaging type": ({"messaging_type": None}, 100, None),
    "unknown messaging type": ({"messaging_type": "REPLY"}, 100, None),
    "tag missing": ({"messaging_type": "MESSAGE_TAG"}, 100, None),
    "dead tag": ({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, 100, None),
    "action beside message": ({"sender_action": "typing_on"}, 100, None),
    "utility without template": ({"messaging_type": "UTILITY"}, 100, None),
}


@pytest.mark.parametrize(("change", "code", "subcode"), MESSENGER_REQUESTS.values(), ids=MESSENGER_REQUESTS.keys())
async def test_messenger_refuses_the_request(api: Api, change: Json, code: int, subcode: int | None) -> None:
    status, answer = await api.page({"text": "x"}, **change)
    assert (status, answer["error"]["code"], answer["error"].get("error_subcode")) == (400, code, subcode)


@pytest.mark.parametrize(
    ("hours", "request_type", "code"),
    [
        (23.9, {"messaging_type": "RESPONSE"}, None),
        (24.1, {"messaging_type": "RESPONSE"}, 10),
        (24.1, {"messaging_type": "UPDATE"}, 10),
        (24.1, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, None),
        (7 * 24 + 0.1, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, 10),
    ],
)
async def test_messenger_window(api: Api, hours: float, request_type: Json, code: int | None) -> None:
    await api.change(api.messenger, last_message_hours_ago=hours)
    status, answer = await api.page({"text": "x"}, **request_type)
    error = answer.get("error", {})
    assert (error.get("code"), error.get("error_subcode")) == (code, 2018278 if code else None)
    assert status == (403 if code else 200)


async def test_messenger_person_who_blocked_the_page(api: Api) -> None:
    await api.change(api.messenger, blocked=True)
    _, answer = await api.page({"text": "x"})
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (551, 1545041)


@pytest.mark.parametrize("path", [PAGE, NUMBER])
@pytest.mark.parametrize(("token", "code"), [("", 190), ("wrong", 190), ("other", 10)])
async def test_tokens(api: Api, path: str, token: str, code: int) -> None:
    other = NUMBER_TOKEN if path == PAGE else PAGE_TOKEN
    status, answer = await api.call(path, {}, other if token == "other" else token)
    assert (status, answer["error"]["code"]) == (401 if code == 190 else 403, code)


async def test_unknown_asset_and_version(api: Api) -> None:
    _, answer = await api.call("/v26.0/777/messages", {}, PAGE_TOKEN)
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (100, 33)
    _, answer = await api.call("/v99.0/1029/messages", {}, PAGE_TOKEN)
    assert answer["error"]["code"] == 2500


async def test_appsecret_proof_is_checked_when_sent(api: Api) -> None:
    body = {"recipient": {"id": api.messenger["psid"]}, "messaging_type": "RESPONSE", "message": {"text": "x"}}
    proof = hmac.new(APP_SECRET.encode(), PAGE_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert (await api.call(PAGE, body, PAGE_TOKEN, appsecret_proof=proof))[0] == 200
    status, answer = await api.call(PAGE, body, PAGE_TOKEN, appsecret_proof="0" * 64)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert (await api.call(PAGE, {**body, "access_token": PAGE_TOKEN}, ""))[0] == 200


async def test_broken_json(api: Api) -> None:
    async with api.client.post(PAGE, data=b"{", headers={"Authorization": f"Bearer {PAGE_TOKEN}"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, 100)


def interactive(kind: str, action: Json, text: str = "x", **more: Any) -> Json:
    """A WhatsApp interactive message."""
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action, **more}}


def reply_buttons(count: int = 1, title: str = "", id: str = "", text: str = "x", **more: Any) -> Json:
    """WhatsApp's reply buttons, all different unless a title or id is given."""
    replies = [{"title": title or f"t{n}", "id": id or f"i{n}"} for n in range(count)]
    return interactive("button", {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}, text, **more)


def rows(count: int, **row: str) -> list[Json]:
    """List rows, all different unless an id is given."""
    return [{"id": f"i{n}", "title": "t", **row} for n in range(count)]


def menu(sections: list[Json], button: str = "b", text: str = "x", **more: Any) -> Json:
    """WhatsApp's list."""
    return interactive("list", {"button": button, "sections": sections}, text, **more)


def one(count: int = 1, **row: str) -> list[Json]:
    """One section without a title."""
    return [{"rows": rows(count, **row)}]


def text(body: str = "x", **more: Any) -> Json:
    """A WhatsApp text."""
    return {"type": "text", "text": {"body": body}, **more}


WHATSAPP_GOOD: dict[str, Json] = {
    "text of 4096": text("ä" * 4096),
    "callback data of 512": text(biz_opaque_callback_data="x" * 512),
    "3 buttons": reply_buttons(
        3, text="x" * 1024, footer={"text": "f" * 60}, header={"type": "text", "text": "h" * 60}
    ),
    "button of 20 and 256": reply_buttons(title="t" * 20, id="i" * 256),
    "10 rows": menu(one(10), "b" * 20, "x" * 4096),
    "row of 24, 72, 200": menu(one(title="t" * 24, description="d" * 72, id="i" * 200)),
    "10 sections": menu([{"title": "s" * 24, "rows": [{"id": str(n), "title": "t"}]} for n in range(10)]),
    "image": {"type": "image", "image": {"link": LINK, "caption": "c" * 1024}},
    "document": {"type": "document", "document": {"link": LINK, "filename": "lasku.pdf"}},
    "template": {"type": "template", "template": {"name": "fixed", "language": {"code": "fi"}}},
}
WHATSAPP_BAD: dict[str, tuple[Json, int]] = {
    "no product": (text(messaging_product=None), 100),
    "no recipient": (text(recipient=None), 131008),
    "unknown user": (text(recipient="FI.1"), 131026),
    "user id in to": (text(recipient=None, to="FI.12345678"), 131009),
    "unknown number": (text(recipient=None, to="+358999999"), 131026),
    "text of 4097": (text("ä" * 4097), 131009),
    "empty text": (text(""), 131008),
    "callback data of 513": (text(biz_opaque_callback_data="x" * 513), 131009),
    "4 buttons": (reply_buttons(4), 131009),
    "0 buttons": (reply_buttons(0), 131009),
    "button title of 21": (reply_buttons(title="t" * 21), 131009),
    "button id of 257": (reply_buttons(id="i" * 257), 131009),
    "same id twice": (reply_buttons(2, id="i"), 131009),
    "same title twice": (reply_buttons(2, title="t"), 131009),
    "button body of 1025": (reply_buttons(text="x" * 1025), 131009),
    "footer of 61": (reply_buttons(footer={"text": "f" * 61}), 131009),
    "header of 61": (reply_buttons(header={"type": "text", "text": "h" * 61}), 131009),
    "11 rows": (menu(one(11)), 131009),
    "11 rows in two sections": (
        menu(
            [{"title": "a", "rows": rows(6)}, {"title": "b", "rows": [{"id": f"j{n}", "title": "t"} for n in range(5)]}]
        ),
        131009,
    ),
    "11 sections": (menu([{"title": "s", "rows": rows(1)}] * 11), 131009),
    "two sections without titles": (menu([*one(), {"rows": [{"id": "z", "title": "t"}]}]), 131008),
    "list button of 21": (menu(one(), "b" * 21), 131009),
    "list body of 4097": (menu(one(), text="x" * 4097), 131009),
    "row title of 25": (menu(one(title="t" * 25)), 131009),
    "row description of 73": (menu(one(description="d" * 73)), 131009),
    "row id of 201": (menu(one(id="i" * 201)), 131009),
    "section title of 25": (menu([{"title": "s" * 25, "rows": rows(1)}]), 131009),
    "caption of 1025": ({"type": "image", "image": {"link": LINK, "caption": "c" * 1025}}, 131009),
    "link and id": ({"type": "image", "image": {"link": LINK, "id": "1"}}, 131009),
    "unknown type": ({"type": "poll", "poll": {}}, 131051),
    "template without language": ({"type": "template", "template": {"name": "fixed"}}, 131008),
    "reaction to nothing": ({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}, 131009),
    "read receipt for nothing": ({"recipient": None, "status": "read", "message_id": "wamid.x"}, 131009),
}


@pytest.mark.parametrize("body", WHATSAPP_GOOD.values(), ids=WHATSAPP_GOOD.keys())
async def test_whatsapp_takes_what_fits_exactly(api: Api, body: Json) -> None:
    status, answer = await api.number(**body)
    assert (status, answer["contacts"]) == (200, [{"input": api.whatsapp["bsuid"], "user_id": api.whatsapp["bsuid"]}])
    assert [bubble["id"] for bubble in await api.bubbles(api.whatsapp)] == [answer["messages"][0]["id"]]


@pytest.mark.parametrize(("body", "code"), WHATSAPP_BAD.values(), ids=WHATSAPP_BAD.keys())
async def test_whatsapp_refuses(api: Api, body: Json, code: int) -> None:
    status, answer = await api.number(**body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["error_data"]["messaging_product"] == "whatsapp"
    assert await api.bubbles(api.whatsapp) == []


async def test_whatsapp_number_needs_the_plus(api: Api) -> None:
    phone = api.whatsapp["phone"]
    status, answer = await api.number(recipient=None, to=f"+{phone}", **text())
    assert (status, answer["contacts"]) == (200, [{"input": f"+{phone}", "wa_id": phone}])
    assert (await api.number(recipient=None, to=phone, **text()))[1]["error"]["code"] == 131026


async def test_whatsapp_window_leaves_templates_only(api: Api) -> None:
    await api.change(api.whatsapp, last_message_hours_ago=24.1)
    assert (await api.number(**text()))[1]["error"]["code"] == 131047
    assert (await api.number(**WHATSAPP_GOOD["template"]))[0] == 200
