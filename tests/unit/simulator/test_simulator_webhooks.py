"""Webhooks: signed over the bytes as Meta writes them, in Meta's shapes, again when not taken."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.unit.simulator.kit import Simulator

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


async def act(simulator: Simulator, contact: Json, **wish: Any) -> Json:
    """The customer does something."""
    return dict(await simulator.control("POST", f"contacts/{contact['id']}/messages", wish, 201))


def first(webhook: Json) -> Json:
    """The only item of a Messenger webhook, or the value of a WhatsApp change."""
    entry = json.loads(webhook["raw"])["entry"][0]
    return dict(entry["messaging"][0] if "messaging" in entry else entry["changes"][0]["value"])


async def test_signature_is_over_the_escaped_bytes(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await act(simulator, contact, text="yö/päivä 😀")
    await simulator.webhooks(1)
    path, raw, signature = simulator.gateway.received[0]
    assert path == "/webhooks/messenger"
    assert rb"y\u00f6\/p\u00e4iv\u00e4 \ud83d\ude00" in raw
    assert signature == "sha256=" + hmac.new(b"the-secret", raw, hashlib.sha256).hexdigest()


async def test_messenger_message(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    message = await act(simulator, contact, text="moi")
    item = first((await simulator.webhooks(1))[0])
    assert item["sender"] == {"id": contact["psid"]}
    assert item["recipient"] == {"id": "102938475610293"}
    assert item["message"] == {"mid": message["id"], "text": "moi"}
    assert isinstance(item["timestamp"], int)


async def test_whatsapp_user_without_a_number(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp", phone="", username="aino")
    await act(simulator, contact, text="moi")
    value = first((await simulator.webhooks(1))[0])
    assert value["contacts"] == [
        {"profile": {"name": contact["name"], "username": "aino"}, "user_id": contact["bsuid"]}
    ]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == contact["bsuid"]


async def test_whatsapp_user_with_a_number(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp", phone="358401234567")
    await act(simulator, contact, text="moi")
    value = first((await simulator.webhooks(1))[0])
    assert (value["contacts"][0]["wa_id"], value["messages"][0]["from"]) == ("358401234567", "358401234567")
    assert isinstance(value["messages"][0]["timestamp"], str)


@pytest.mark.parametrize("kind", ["image", "sticker", "audio", "file"])
async def test_attachments_can_be_fetched(simulator: Simulator, kind: str) -> None:
    names = {"file": "document"}
    messenger, whatsapp = await simulator.contact("messenger"), await simulator.contact("whatsapp")
    await act(simulator, messenger, attachment=kind)
    await act(simulator, whatsapp, attachment=kind)
    [one] = await simulator.webhooks(1, channel="messenger")
    attachment = first(one)["message"]["attachments"][0]
    assert attachment["type"] == kind
    [two] = await simulator.webhooks(1, channel="whatsapp")
    message = first(two)["messages"][0]
    media = message[names.get(kind, kind)]
    async with simulator.client.get("/" + attachment["payload"]["url"].split("/", 3)[3]) as public:
        content = await public.read()
    assert media["sha256"] and media["mime_type"] == public.headers["Content-Type"]
    guarded = "/" + media["url"].split("/", 3)[3]
    assert (await simulator.client.get(guarded)).status == 401
    async with simulator.client.get(guarded, headers={"Authorization": "Bearer whatsapp-token"}) as answer:
        assert await answer.read() == content
    async with simulator.client.get(f"/v26.0/{media['id']}", params={"access_token": "whatsapp-token"}) as node:
        assert (await node.json())["file_size"] == len(content)


async def test_messenger_echo_delivery_and_read(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    message = {"text": "hei", "metadata": "our-id"}
    body = {"recipient": {"id": contact["psid"]}, "messaging_type": "RESPONSE", "message": message}
    _, sent = await simulator.graph("/v26.0/me/messages", body, "page-token")
    echo, delivery, read = [first(webhook) for webhook in await simulator.webhooks(3)]
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == ("102938475610293", contact["psid"])
    expected = {"mid": sent["message_id"], "is_echo": True, "app_id": 1517776481860111, **message}
    assert echo["message"] == expected
    assert delivery["delivery"] == {"mids": [sent["message_id"]], "watermark": echo["timestamp"]}
    assert read["read"] == {"watermark": echo["timestamp"]}


async def test_whatsapp_statuses_carry_our_data(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    body = {"messaging_product": "whatsapp", "to": "+" + contact["phone"], "biz_opaque_callback_data": "our-id"}
    _, sent = await simulator.graph(
        "/v26.0/106540352242922/messages", {**body, "type": "text", "text": {"body": "hei"}}, "whatsapp-token"
    )
    statuses = [first(webhook)["statuses"][0] for webhook in await simulator.webhooks(3)]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    for status in statuses:
        assert status["id"] == sent["messages"][0]["id"]
        assert status["biz_opaque_callback_data"] == "our-id"
        assert (status["recipient_id"], status["recipient_user_id"]) == (contact["phone"], contact["bsuid"])


async def test_phone_that_is_off_confirms_when_it_is_on_again(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger", online=False)
    await simulator.say(contact)
    await simulator.say(contact)
    assert [hook["kinds"] for hook in await simulator.webhooks(2)] == [["echo"], ["echo"]]
    await simulator.control("PATCH", f"contacts/{contact['id']}", {"online": True, "reads": False})
    [delivery] = await simulator.webhooks(1, kind="delivery")
    assert len(first(delivery)["delivery"]["mids"]) == 2
    assert {hook["kinds"][0] for hook in await simulator.webhooks(3)} == {"echo", "delivery"}


async def test_webhook_is_sent_again_until_taken(simulator: Simulator) -> None:
    simulator.gateway.status = 503
    contact = await simulator.contact("messenger")
    await act(simulator, contact, text="moi")
    [refused] = await simulator.webhooks(1, status="503")
    assert (refused["attempt"], refused["retry_in"]) == (1, 30.0)
    pending = (await simulator.control("GET", "pending"))["pending"]
    assert [(one["attempt"], one["retry_in"]) for one in pending] == [(1, 30.0)]
    simulator.gateway.status = 200
    assert await simulator.control("POST", "retry") == {"retried": 1}
    [taken] = await simulator.webhooks(1, status="200")
    assert (taken["attempt"], taken["raw"]) == (2, refused["raw"])


async def test_webhook_is_given_up_after_the_last_retry(simulator: Simulator) -> None:
    simulator.gateway.status = 500
    contact = await simulator.contact("messenger")
    message = await act(simulator, contact, text="moi")
    for attempt in (1, 2):
        [last] = (await simulator.webhooks(attempt))[attempt - 1 :]
        assert last["attempt"] == attempt
        await simulator.control("POST", "retry")
    assert (await simulator.webhooks(3))[2]["retry_in"] is None
    events = await simulator.control("GET", f"events?kind=ticks&message={message['n']}&wait=10")
    assert events["events"][0]["status"] == "failed"
    assert (await simulator.control("GET", "pending")) == {"pending": [], "held": [], "given_up": 1}


async def test_any_webhook_can_be_sent(simulator: Simulator) -> None:
    await simulator.control("POST", "webhooks", {"channel": "whatsapp", "body": {"object": "x/y"}}, 202)
    await simulator.control("POST", "webhooks", {"channel": "messenger", "raw": "{broken"}, 202)
    await simulator.webhooks(2)
    received = {path: (raw, signature) for path, raw, signature in simulator.gateway.received}
    assert received["/webhooks/whatsapp"][0] == rb'{"object":"x\/y"}'
    raw, signature = received["/webhooks/messenger"]
    assert raw == b"{broken"
    assert signature == "sha256=" + hmac.new(b"the-secret", raw, hashlib.sha256).hexdigest()
