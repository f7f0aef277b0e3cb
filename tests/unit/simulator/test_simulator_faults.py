"""Faults: each can be switched on while everything runs, and does what it says."""

import json
from typing import Any

import aiohttp
import pytest

from tests.unit.simulator.kit import PAGE, Simulator

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


async def chat(simulator: Simulator, contact: Json) -> list[Json]:
    """What stands on the phone."""
    return list((await simulator.control("GET", f"contacts/{contact['id']}/chat"))["messages"])


async def write(simulator: Simulator, contact: Json, *texts: str) -> list[str]:
    """The customer writes; gives the message ids."""
    path = f"contacts/{contact['id']}/messages"
    return [(await simulator.control("POST", path, {"text": text}, 201))["id"] for text in texts]


async def test_next_sends_fail_with_the_given_code(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"fail": {"next": 2, "code": 613, "subcode": 7, "http_status": 429}})
    for _ in range(2):
        status, answer = await simulator.say(contact)
        assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (429, 613, 7)
    assert (await simulator.say(contact))[0] == 200
    assert len(await chat(simulator, contact)) == 1


async def test_faults_spare_other_contacts_and_typing(simulator: Simulator) -> None:
    hit, spared = await simulator.contact("messenger"), await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"fail": {"next": 1, "contact": hit["id"]}})
    assert (await simulator.say(spared))[0] == 200
    assert (await simulator.graph(PAGE, {"recipient": {"id": hit["psid"]}, "sender_action": "typing_on"}))[0] == 200
    assert (await simulator.say(hit))[0] == 500


async def test_share_is_repeatable_by_its_seed(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    runs = []
    for _ in range(2):
        await simulator.control("PATCH", "faults", {"seed": 7, "fail": {"share": 0.5}})
        runs.append([(await simulator.say(contact))[0] for _ in range(12)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


async def test_dropped_connection_though_the_message_arrived(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    await simulator.control("PATCH", "faults", {"drop": {"next": 1}})
    with pytest.raises(aiohttp.ClientError):
        await simulator.say(contact)
    assert [message["text"] for message in await chat(simulator, contact)] == ["moi"]
    [call] = (await simulator.control("GET", f"calls?contact={contact['id']}"))["calls"]
    assert (call["fault"], call["message"]) == ("drop", (await chat(simulator, contact))[0]["id"])


async def test_lost_connection_before_the_message_arrived(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    await simulator.control("PATCH", "faults", {"lose": {"next": 1}})
    with pytest.raises(aiohttp.ClientError):
        await simulator.say(contact)
    assert await chat(simulator, contact) == []


async def test_late_answer_though_the_message_arrived(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"delay": {"next": 1, "seconds": 60}})
    body = {"recipient": {"id": contact["psid"]}, "messaging_type": "RESPONSE", "message": {"text": "hei"}}
    headers, limit = {"Authorization": "Bearer page-token"}, aiohttp.ClientTimeout(total=0.3)
    with pytest.raises(TimeoutError):
        await simulator.client.post(PAGE, json=body, headers=headers, timeout=limit)
    assert len(await chat(simulator, contact)) == 1
    assert [hook["kinds"] for hook in await simulator.webhooks(3)] == [["echo"], ["delivery"], ["read"]]


async def test_whatsapp_fails_later_by_status(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    await simulator.control("PATCH", "faults", {"fail_later": {"next": 1, "code": 131026}})
    assert (await simulator.say(contact))[0] == 200
    [hook] = await simulator.webhooks(1, kind="status")
    value = json.loads(hook["raw"])["entry"][0]["changes"][0]["value"]
    assert (value["statuses"][0]["status"], value["statuses"][0]["errors"][0]["code"]) == ("failed", 131026)
    assert "contacts" not in value


async def test_duplicate_webhook(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"duplicate": {"next": 1}})
    await write(simulator, contact, "moi")
    one, two = await simulator.webhooks(2)
    assert one["raw"] == two["raw"]
    assert sorted([one["copy"], two["copy"]]) == [False, True]
    assert len({raw for _, raw, _ in simulator.gateway.received}) == 1


async def test_several_events_in_one_webhook(simulator: Simulator) -> None:
    one, two = await simulator.contact("messenger"), await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"batch": {"size": 3, "seconds": 30}})
    ids = await write(simulator, one, "a", "b") + await write(simulator, two, "c")
    [hook] = await simulator.webhooks(1)
    assert hook["messages"] == ids
    entries = json.loads(hook["raw"])["entry"]
    assert [[item["message"]["text"] for item in entry["messaging"]] for entry in entries] == [["a", "b"], ["c"]]


async def test_whatsapp_batch_mixes_messages_and_statuses(simulator: Simulator) -> None:
    contact = await simulator.contact("whatsapp")
    await simulator.control("PATCH", "faults", {"batch": {"size": 4, "seconds": 30}})
    await write(simulator, contact, "a")
    await simulator.say(contact)
    [hook] = await simulator.webhooks(1)
    values = [change["value"] for change in json.loads(hook["raw"])["entry"][0]["changes"]]
    assert [len(value.get("messages", [])) for value in values] == [1, 0]
    assert [status["status"] for status in values[1]["statuses"]] == ["sent", "delivered", "read"]


async def test_incomplete_batch_goes_when_its_time_is_over(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"batch": {"size": 100, "seconds": 0.05}})
    await write(simulator, contact, "a", "b")
    assert [kind for hook in await simulator.webhooks(1) for kind in hook["kinds"]][:1] == ["message"]


async def test_webhooks_in_another_order(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"seed": 3, "reorder": {"size": 8, "seconds": 30}})
    ids = await write(simulator, contact, *"abcdefgh")
    arrived = [hook["messages"][0] for hook in await simulator.webhooks(8)]
    assert sorted(arrived) == sorted(ids)
    assert arrived != ids


async def test_without_faults_the_order_is_kept(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    ids = await write(simulator, contact, *(str(n) for n in range(20)))
    assert [hook["messages"][0] for hook in await simulator.webhooks(20)] == ids


async def test_held_back_until_released(simulator: Simulator) -> None:
    contact = await simulator.contact("messenger")
    await simulator.control("PATCH", "faults", {"hold": ["echo", "read"]})
    await simulator.say(contact)
    assert [hook["kinds"] for hook in await simulator.webhooks(1)] == [["delivery"]]
    held = (await simulator.control("GET", "pending"))["held"]
    assert [one["kind"] for one in held] == ["echo", "read"]
    assert await simulator.control("POST", "release", {"kinds": ["echo"]}) == {"released": 1}
    assert (await simulator.webhooks(2))[1]["kinds"] == ["echo"]
    assert (await simulator.control("DELETE", "faults"))["released"] == 1
    assert (await simulator.webhooks(3))[2]["kinds"] == ["read"]


@pytest.mark.parametrize(
    "wish",
    [
        {"nonsense": {}},
        {"fail": {"nonsense": 1}},
        {"fail": {"share": 1.5}},
        {"fail": {"next": -1}},
        {"fail": 3},
        {"hold": ["everything"]},
        {"batch": {"size": 0}},
        {"duplicate": {"next": 1}, "seed": "x"},
    ],
)
async def test_senseless_faults_change_nothing(simulator: Simulator, wish: Json) -> None:
    before = await simulator.control("GET", "faults")
    await simulator.control("PATCH", "faults", wish, 400)
    assert await simulator.control("GET", "faults") == before
