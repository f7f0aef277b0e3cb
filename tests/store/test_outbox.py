"""The outbox: one reply a conversation at a time, and receipts that only ever move it forward."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import utc_now
from bot.model import Author, Button, Channel, DeliveryStatus, Event, EventKind, Receipt, Reply
from bot.store import conversations, outbox
from bot.store.schema import Outbox

QUEUED, SENDING, SENT, DELIVERED, READ, FAILED, DEAD, DROPPED = DeliveryStatus
THREAD = (Channel.MESSENGER, "1029", "7001")


async def conversation(connection: AsyncConnection, address: str = "7001", account: str = "1029") -> int:
    hello = Event(Channel.MESSENGER, account, EventKind.MESSAGE, f"hello {address}", utc_now(), address)
    return (await conversations.open_conversation(connection, hello)).id


async def say(connection: AsyncConnection, where: int, *texts: str) -> None:
    await outbox.enqueue(connection, where, Author.BOT, [Reply(text) for text in texts], None)


async def claim(database: AsyncEngine, ahead: float = 0, **options: Any) -> list[str | None]:
    async with database.begin() as connection:
        moment = utc_now() + timedelta(seconds=ahead)
        items = await outbox.claim(connection, moment, options.pop("most", 20), 45, **options)
    return [item.reply.text for item in items]


async def statuses(connection: AsyncConnection) -> list[DeliveryStatus]:
    return list((await connection.execute(select(Outbox.status).order_by(Outbox.id))).scalars())


async def test_one_reply_a_conversation_is_claimed(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        first, second = await conversation(connection), await conversation(connection, "7002")
        await say(connection, first, "a1", "a2")
        await say(connection, second, "b1", "b2")
    assert await claim(database, most=1) == ["a1"]
    assert await claim(database) == ["b1"]
    assert await claim(database) == []
    assert await claim(database, 46) == ["a1", "b1"]


async def test_two_workers_never_claim_the_same(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1", "a2")
        await say(connection, await conversation(connection, "7002"), "b1")
    async with database.begin() as one, database.begin() as other:
        moment = utc_now()
        [first] = await outbox.claim(one, moment, 1, 45)
        [second] = await outbox.claim(other, moment, 20, 45)
        assert (first.reply.text, second.reply.text) == ("a1", "b1")


async def test_a_claim_that_is_rolled_back_leaves_nothing(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1")
    async with database.connect() as connection:
        assert len(await outbox.claim(connection, utc_now(), 20, 45)) == 1
        await connection.rollback()
    assert await claim(database) == ["a1"]


async def test_accounts_can_be_left_out_or_taken_alone(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1")
        await say(connection, await conversation(connection, "7001", "1030"), "b1")
    assert await claim(database, paused=["messenger:1029", "messenger:1030"]) == []
    assert await claim(database, only="messenger:1030") == ["b1"]
    assert await claim(database, paused=["messenger:1030"]) == ["a1"]


async def test_a_reply_survives_the_way_through_the_database(database: AsyncEngine) -> None:
    reply = Reply("Åbo 🙂 \"'", (Button("Kyllä", "/affirm"), Button("Kartta", url="https://x.example")), None)
    async with database.begin() as connection:
        where = await conversation(connection)
        await outbox.enqueue(connection, where, Author.AGENT, [reply], None)
        [item] = await outbox.claim(connection, utc_now(), 20, 45)
    assert (item.reply, item.author, item.address, item.attempts) == (reply, Author.AGENT, "7001", 1)
    assert item.key.startswith(outbox.KEY_PREFIX)


@pytest.mark.parametrize("order", itertools.permutations([SENT, DELIVERED, READ]))
async def test_receipts_may_overtake_each_other(database: AsyncEngine, order: tuple[DeliveryStatus, ...]) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1")
        [item] = await outbox.claim(connection, utc_now(), 20, 45)
        for status in order:
            await outbox.apply_receipt(connection, Receipt(status, item.key, ("m_1",)), THREAD, utc_now())
        await outbox.record_sent(connection, item.id, "m_1", utc_now())
        assert await statuses(connection) == [READ]


LATE = {
    "failed after sent": (SENT, FAILED, FAILED),
    "failed after delivered": (DELIVERED, FAILED, FAILED),
    "failed after read": (READ, FAILED, READ),
    "sent after failed": (FAILED, SENT, FAILED),
    "read after dropped": (DROPPED, READ, DROPPED),
    "failed after given up": (DEAD, FAILED, DEAD),
    "delivered after given up": (DEAD, DELIVERED, DELIVERED),
    "sent before it was claimed": (QUEUED, SENT, SENT),
}


@pytest.mark.parametrize(("before", "news", "after"), LATE.values(), ids=LATE)
async def test_a_receipt_never_moves_a_reply_back(
    database: AsyncEngine, before: DeliveryStatus, news: DeliveryStatus, after: DeliveryStatus
) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1")
        [item] = await outbox.claim(connection, utc_now(), 20, 45)
        await connection.execute(update(Outbox).values(status=before))
        await outbox.apply_receipt(connection, Receipt(news, item.key, ("m_1",)), THREAD, utc_now())
        assert await statuses(connection) == [after]


async def _three_sent(connection: AsyncConnection) -> list[str]:
    """Send three replies a second apart by the platform's clock, which is not ours; return their keys."""
    where, keys = await conversation(connection), []
    for number in range(3):
        await say(connection, where, f"a{number}")
        [item] = await outbox.claim(connection, utc_now(), 20, 45)
        await outbox.record_sent(connection, item.id, f"m_{number}", utc_now())
        echo = Receipt(SENT, item.key, (f"m_{number}",))
        await outbox.apply_receipt(connection, echo, THREAD, PLATFORM + timedelta(seconds=number))
        keys.append(item.key)
    return keys


PLATFORM = utc_now() - timedelta(minutes=7)
SECOND = timedelta(seconds=1)


async def test_a_watermark_is_in_the_platforms_time(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await _three_sent(connection)
        assert (
            await outbox.apply_receipt(connection, Receipt(READ, watermark=PLATFORM + SECOND), THREAD, utc_now()) == 2
        )
        assert await statuses(connection) == [READ, READ, SENT]


async def test_a_watermark_is_for_its_own_conversation(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await _three_sent(connection)
        other = (Channel.MESSENGER, "1029", "7002")
        assert await outbox.apply_receipt(connection, Receipt(READ, watermark=utc_now()), other, utc_now()) == 0


async def test_ids_and_a_watermark_go_together(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await _three_sent(connection)
        news = Receipt(DELIVERED, external_ids=("m_2",), watermark=PLATFORM)
        await outbox.apply_receipt(connection, news, THREAD, utc_now())
        assert await statuses(connection) == [DELIVERED, SENT, DELIVERED]


async def test_ids_alone_mean_those_replies(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await _three_sent(connection)
        await outbox.apply_receipt(connection, Receipt(READ, external_ids=("m_1",)), THREAD, utc_now())
        assert await statuses(connection) == [SENT, READ, SENT]


async def test_a_receipt_for_something_unknown_changes_nothing(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await _three_sent(connection)
        for receipt in (
            Receipt(READ, "aspa:other", ("m_9",)),
            Receipt(READ, external_ids=("m_9",)),
            Receipt(FAILED, "x"),
        ):
            assert await outbox.apply_receipt(connection, receipt, THREAD, utc_now()) == 0
        assert await statuses(connection) == [SENT] * 3


async def test_a_failure_is_not_recorded_over_a_quicker_receipt(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await say(connection, await conversation(connection), "a1")
        [item] = await outbox.claim(connection, utc_now(), 20, 45)
        await outbox.apply_receipt(connection, Receipt(DELIVERED, item.key), THREAD, utc_now())
        await outbox.record_failure(connection, item.id, DEAD, utc_now(), "no answer")
        assert await statuses(connection) == [DELIVERED]
