"""Delivery against a local Graph API over real HTTP: every reply once, in order, whatever goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import gateway
from bot.channels.graph import Account, Graph
from bot.clock import utc_now
from bot.config import Secret, from_environment
from bot.delivery import AT_ONCE, REPEAT_SECONDS, STOP_SECONDS, Delivery
from bot.model import Author, Channel, DeliveryStatus, Event, EventKind, Owner, Reply, Role
from bot.simulator.app import make_app
from bot.simulator.settings import SimulatorSettings
from bot.store import agents, conversations, outbox
from bot.store.schema import Outbox
from tests.scenarios.wire import ENVIRONMENT, SECRET

PAGE, NUMBER = "102938475610293", "106540352242922"
ACCOUNTS = {
    (Channel.MESSENGER, PAGE): Account(Channel.MESSENGER, PAGE, Secret("page-token")),
    (Channel.WHATSAPP, NUMBER): Account(Channel.WHATSAPP, NUMBER, Secret("number-token")),
}
UNKNOWN_SECONDS = 3.0  # a send is given up after half of it
CHANNELS = pytest.mark.parametrize("channel", ["messenger", "whatsapp"])
QUEUED, SENDING, SENT, DELIVERED, READ, FAILED, DEAD, DROPPED = DeliveryStatus


class Clock:
    """The real time, and what the test has moved it by."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def pass_by(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass
class Customer:
    """A phone in the simulator and the conversation on our side."""

    phone: str
    conversation: int


@dataclass
class Post:
    """Delivery, the simulator at its other end, and the gateway that hears of what became of it."""

    database: AsyncEngine
    delivery: Delivery
    clock: Clock
    http: aiohttp.ClientSession
    simulator: str

    async def control(self, method: str, path: str, **body: Any) -> Any:
        """Call the simulator's control API."""
        async with self.http.request(method, f"{self.simulator}/simulator/{path}", json=body or None) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def customer(self, channel: str, **phone: Any) -> Customer:
        """Make a customer who wrote just now."""
        contact = await self.control("POST", "contacts", channel=channel, last_message_hours_ago=0, **phone)
        account = PAGE if channel == "messenger" else NUMBER
        hello = Event(Channel(channel), account, EventKind.MESSAGE, contact["id"], utc_now(), contact["address"])
        async with self.database.begin() as connection:
            conversation = await conversations.open_conversation(connection, hello)
        return Customer(contact["id"], conversation.id)

    async def say(self, customer: Customer, *texts: str, author: Author = Author.BOT) -> None:
        """Put replies into the outbox."""
        replies = [Reply(text) for text in texts]
        async with self.database.begin() as connection:
            await outbox.enqueue(connection, customer.conversation, author, replies, None)

    async def deliver(self) -> None:
        """Send all that is due now."""
        while await self.delivery.work():
            await self.delivery.finish()

    async def hear(self, customer: Customer, count: int, **query: Any) -> None:
        """Wait until the gateway has that many webhooks about the customer, and take note of them."""
        asked = "".join(f"&{key}={value}" for key, value in query.items())
        path = f"webhooks?wait=10&status=200&contact={customer.phone}&count={count}{asked}"
        assert len((await self.control("GET", path))["webhooks"]) >= count
        while await self.delivery.work_receipts():
            pass

    async def shown(self, customer: Customer) -> list[str]:
        """Return the texts of ours that stand on the phone."""
        chat = await self.control("GET", f"contacts/{customer.phone}/chat?from=business")
        return [message["text"] for message in chat["messages"]]

    async def statuses(self, customer: Customer) -> list[DeliveryStatus]:
        """Return what became of the customer's replies."""
        return [row.status for row in await self.rows(customer)]

    async def rows(self, customer: Customer) -> Sequence[Any]:
        """Return the outbox of a customer."""
        query = select(Outbox.status, Outbox.problem, Outbox.attempts, Outbox.key, Outbox.external_id, Outbox.sent_at)
        async with self.database.connect() as connection:
            mine = query.where(Outbox.conversation_id == customer.conversation).order_by(Outbox.id)
            return (await connection.execute(mine)).all()


@pytest.fixture
async def post(database: AsyncEngine) -> AsyncIterator[Post]:
    """Run a gateway and a simulator on one database."""
    app = gateway.make_app(from_environment(ENVIRONMENT), database, utc_now)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        meta = SimulatorSettings(
            gateway_url=str(server.make_url("")).rstrip("/"),
            app_secret=SECRET,
            page_id=PAGE,
            page_token="page-token",
            phone_number_id=NUMBER,
            whatsapp_token="number-token",
        )
        async with TestServer(make_app(meta)) as simulator:
            url, clock = str(simulator.make_url("")).rstrip("/"), Clock()
            graph = Graph(http, url, "v26.0", Secret(SECRET))
            delivery = Delivery(database, graph, ACCOUNTS, UNKNOWN_SECONDS, clock)
            yield Post(database, delivery, clock, http, url)
            await delivery.finish()


@CHANNELS
async def test_replies_of_a_conversation_arrive_in_order(post: Post, channel: str) -> None:
    customers = [await post.customer(channel) for _ in range(3)]
    texts = [f"viesti {number}" for number in range(6)]
    for text in texts:
        for customer in customers:
            await post.say(customer, text)
    await post.deliver()
    for customer in customers:
        assert await post.shown(customer) == texts
        await post.hear(customer, 18)
        assert await post.statuses(customer) == [READ] * 6


async def test_a_hanging_send_holds_back_only_its_own_conversation(post: Post) -> None:
    slow, quick = await post.customer("messenger"), await post.customer("messenger")
    await post.control("PATCH", "faults", delay={"next": 1, "contact": slow.phone, "seconds": 30})
    await post.say(slow, "hidas", "toinen")
    await post.say(quick, "nopea", "heti perään")
    assert await post.delivery.work()
    await post.hear(quick, 1, kind="echo")
    assert await post.delivery.work()
    await post.delivery.finish()
    assert await post.shown(quick) == ["nopea", "heti perään"]
    assert (await post.shown(slow))[0] == "hidas"


REFUSALS: dict[str, tuple[dict[str, Any], DeliveryStatus]] = {
    "asks to slow down": ({"code": 613}, QUEUED),
    "throughput": ({"code": 130429}, QUEUED),
    "too many to this person": ({"code": 131056}, QUEUED),
    "a gateway's limit": ({"code": 80007, "http_status": 429}, QUEUED),
    "fault of Meta": ({"code": 131000}, SENDING),
    "fault of Meta, known as transient": ({"code": 2}, SENDING),
    "bad gateway": ({"code": 1, "http_status": 502}, SENDING),
    "token": ({"code": 190}, QUEUED),
    "spam": ({"code": 131048}, QUEUED),
    "permission": ({"code": 10}, QUEUED),
    "window closed": ({"code": 10, "subcode": 2018278}, DEAD),
    "blocked": ({"code": 551}, DEAD),
    "bad request": ({"code": 100}, DEAD),
    "undeliverable": ({"code": 131026}, DEAD),
}


@CHANNELS
@pytest.mark.parametrize(("fault", "status"), REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_waits_or_gives_up(post: Post, channel: str, fault: Any, status: DeliveryStatus) -> None:
    customer = await post.customer(channel)
    await post.control("PATCH", "faults", fail={"next": 1, **fault})
    await post.say(customer, "moi")
    await post.deliver()
    [row] = await post.rows(customer)
    assert (row.status, f"code {fault['code']}" in row.problem) == (status, True)
    assert await post.shown(customer) == []
    post.clock.pass_by(STOP_SECONDS + 1)
    await post.deliver()
    assert await post.shown(customer) == ([] if status is DEAD else ["moi"])


@CHANNELS
@pytest.mark.parametrize("fault", [{"drop": {"next": 1}}, {"delay": {"next": 1, "seconds": 30}}], ids=["cut", "late"])
async def test_what_arrived_without_an_answer_is_not_sent_again(post: Post, channel: str, fault: Any) -> None:
    customer = await post.customer(channel, online=False)
    await post.control("PATCH", "faults", **fault)
    await post.say(customer, "vain kerran", "ja sitten tämä")
    await post.deliver()
    assert await post.statuses(customer) == [SENDING, QUEUED]
    await post.hear(customer, 1)  # the echo, or the status "sent", carries our key
    post.clock.pass_by(UNKNOWN_SECONDS * 3)
    await post.deliver()
    assert await post.shown(customer) == ["vain kerran", "ja sitten tämä"]
    assert (await post.rows(customer))[0].external_id is not None


@CHANNELS
async def test_what_never_arrived_is_sent_again_when_its_time_is_over(post: Post, channel: str) -> None:
    customer = await post.customer(channel)
    await post.control("PATCH", "faults", lose={"next": 1})
    await post.say(customer, "moi", "hei")
    await post.deliver()
    assert (await post.statuses(customer), await post.shown(customer)) == ([SENDING, QUEUED], [])
    post.clock.pass_by(UNKNOWN_SECONDS)
    await post.deliver()
    assert await post.shown(customer) == ["moi", "hei"]


async def test_a_platform_that_is_away_has_taken_nothing(post: Post) -> None:
    customer = await post.customer("messenger")
    await post.say(customer, "moi")
    there = post.delivery.graph
    post.delivery.graph = Graph(post.http, "http://127.0.0.1:1", "v26.0", Secret(SECRET))
    await post.deliver()
    assert await post.statuses(customer) == [QUEUED]
    post.delivery.graph = there
    post.clock.pass_by(REPEAT_SECONDS[0])
    await post.deliver()
    assert await post.shown(customer) == ["moi"]


@CHANNELS
async def test_a_worker_that_dies_before_it_sends(post: Post, channel: str) -> None:
    customer = await post.customer(channel)
    await post.say(customer, "moi", "hei")
    async with post.database.begin() as connection:
        assert len(await outbox.claim(connection, post.clock(), 20, UNKNOWN_SECONDS)) == 1
    await post.deliver()
    assert await post.shown(customer) == []  # nobody knows yet whether it went out
    post.clock.pass_by(UNKNOWN_SECONDS)
    await post.deliver()
    assert await post.shown(customer) == ["moi", "hei"]


@CHANNELS
async def test_a_worker_that_dies_after_it_sent(post: Post, channel: str) -> None:
    customer = await post.customer(channel)
    await post.say(customer, "moi", "hei")
    async with post.database.begin() as connection:
        [item] = await outbox.claim(connection, post.clock(), 20, UNKNOWN_SECONDS)
    account = ACCOUNTS[item.channel, item.account]
    await post.delivery.graph.send(account, item.address, item.reply, item.key, item.attempts)
    await post.hear(customer, 1)
    post.clock.pass_by(UNKNOWN_SECONDS * 3)
    await post.deliver()
    assert await post.shown(customer) == ["moi", "hei"]


async def test_news_that_are_quicker_than_the_answer_are_not_undone(post: Post) -> None:
    customer = await post.customer("whatsapp")
    await post.control("PATCH", "faults", delay={"next": 1, "seconds": 1})
    await post.say(customer, "moi")
    assert await post.delivery.work()
    await post.hear(customer, 3)
    assert await post.statuses(customer) == [READ]
    await post.delivery.finish()
    assert await post.statuses(customer) == [READ]


async def test_tries_come_to_an_end(post: Post) -> None:
    customer = await post.customer("whatsapp")
    await post.control("PATCH", "faults", fail={"share": 1, "code": 130429})
    await post.say(customer, "moi")
    for pause in (0, *REPEAT_SECONDS):
        assert await post.statuses(customer) == [QUEUED]
        post.clock.pass_by(pause)
        await post.deliver()
    [row] = await post.rows(customer)
    assert (row.status, row.attempts) == (DEAD, len(REPEAT_SECONDS) + 1)


async def test_given_up_and_yet_arrived_is_arrived(post: Post) -> None:
    customer = await post.customer("whatsapp", online=False)
    await post.control("PATCH", "faults", hold=["status"], drop={"share": 1})
    await post.say(customer, "moi")
    for _ in range(len(REPEAT_SECONDS) + 1):
        await post.deliver()
        post.clock.pass_by(UNKNOWN_SECONDS)
    assert await post.statuses(customer) == [DEAD]
    await post.control("DELETE", "faults")
    await post.hear(customer, 1)
    assert await post.statuses(customer) == [SENT]


async def test_a_failure_told_later_is_kept_with_its_code(post: Post) -> None:
    customer = await post.customer("whatsapp")
    await post.control("PATCH", "faults", fail_later={"next": 1, "code": 131026})
    await post.say(customer, "moi", "hei")
    await post.deliver()
    await post.hear(customer, 4)
    first, second = await post.rows(customer)
    assert (first.status, first.problem) == (FAILED, "code 131026")
    assert second.status is READ


async def test_a_stopped_account_is_tried_with_one_reply_and_recovers(post: Post) -> None:
    customers = [await post.customer("whatsapp") for _ in range(4)]
    page = await post.customer("messenger")
    await post.control("PATCH", "faults", fail={"next": 10, "code": 190, "contact": customers[0].phone})
    await post.say(customers[0], "moi")
    await post.deliver()
    for customer in [*customers[1:], page]:
        await post.say(customer, "moi")
    await post.deliver()
    assert [await post.shown(customer) for customer in (*customers, page)] == [[], [], [], [], ["moi"]]
    for _ in range(len(REPEAT_SECONDS) + 2):  # more often than an ordinary reply is tried
        post.clock.pass_by(STOP_SECONDS + 1)
        await post.deliver()
    assert [await post.shown(customer) for customer in customers] == [[], [], [], []]
    calls = (await post.control("GET", "calls?wait=0&count=1"))["calls"]
    assert len(calls) == 2 + len(REPEAT_SECONDS) + 2
    await post.control("DELETE", "faults")
    post.clock.pass_by(STOP_SECONDS + 1)
    await post.deliver()
    assert [await post.shown(customer) for customer in customers] == [["moi"]] * 4


@pytest.mark.parametrize("owner", [Owner.HUMAN, Owner.EXTERNAL, Owner.WAITING, Owner.BOT])
async def test_the_bot_never_talks_over_a_person(post: Post, owner: Owner) -> None:
    customer = await post.customer("messenger")
    await post.say(customer, "botti", author=Author.BOT)
    await post.say(customer, "siirto", author=Author.SYSTEM)
    await post.say(customer, "ihminen", author=Author.AGENT)
    async with post.database.begin() as connection:
        await agents.add_agent(connection, "aino", Role.AGENT, "-")
        agent = await agents.find_agent(connection, "aino")
        assert agent is not None
        holder = agent[0] if owner is Owner.HUMAN else None
        await conversations.change_conversation(connection, customer.conversation, owner=owner, agent_id=holder)
    await post.deliver()
    silent = owner in (Owner.HUMAN, Owner.EXTERNAL)
    assert await post.shown(customer) == (["siirto", "ihminen"] if silent else ["botti", "siirto", "ihminen"])
    assert (await post.statuses(customer))[0] is (DROPPED if silent else SENT)


async def test_an_account_without_a_token_is_given_up(post: Post) -> None:
    customer = await post.customer("messenger")
    await post.say(customer, "moi")
    post.delivery.accounts = {}
    await post.deliver()
    assert await post.statuses(customer) == [DEAD]


async def test_watermarks_mark_all_that_was_sent_before(post: Post) -> None:
    customer = await post.customer("messenger", online=False)
    await post.say(customer, "yksi", "kaksi")
    await post.deliver()
    await post.hear(customer, 2, kind="echo")
    assert await post.statuses(customer) == [SENT, SENT]
    await post.control("PATCH", f"contacts/{customer.phone}", online=True)
    await post.hear(customer, 1, kind="read")
    assert await post.statuses(customer) == [READ, READ]


async def test_seen_and_typing_are_shown(post: Post) -> None:
    for channel, account in (("messenger", PAGE), ("whatsapp", NUMBER)):
        customer = await post.customer(channel)
        message = await post.control("POST", f"contacts/{customer.phone}/messages", text="moi")
        contact = await post.control("GET", f"contacts/{customer.phone}")
        await post.delivery.show_seen(f"{channel} {account} {contact['address']} {message['id']}")
        assert (await post.control("GET", f"contacts/{customer.phone}"))["typing"]
        chat = await post.control("GET", f"contacts/{customer.phone}/chat?from=customer")
        assert [bubble["status"] for bubble in chat["messages"]] == ["read"]


@pytest.mark.parametrize(
    "notice", [f"whatsapp {NUMBER} 1 wamid.nothing", "messenger 17 1 m_1", f"messenger {PAGE} 1 m_1"]
)
async def test_a_read_mark_that_cannot_be_shown_harms_nobody(post: Post, notice: str) -> None:
    await post.delivery.show_seen(notice)


async def test_many_conversations_go_side_by_side(post: Post) -> None:
    customers = [await post.customer("messenger") for _ in range(AT_ONCE + 5)]
    for customer in customers:
        await post.say(customer, "moi")
    await post.deliver()
    assert [await post.shown(customer) for customer in customers] == [["moi"]] * len(customers)
