"""Delivery: replies out of the outbox to the Graph API, and the news of them back in.

The intent to send is committed before the request goes out, the outcome after it. A reply whose outcome is unknown
(a time-out, a crash in between) is left marked as being sent; its echo or status settles it by our key, and only
when neither has come in time is it sent again. Replies of one conversation go one after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels.graph import Account, Graph
from bot.clock import Clock
from bot.errors import SendError, Verdict
from bot.logs import describe
from bot.model import Author, Channel, DeliveryStatus, Owner
from bot.store import inbox, outbox
from bot.store.db import notify
from bot.store.outbox import OutboxItem
from bot.store.wake import DESK

AT_ONCE = 20
RECEIPTS_AT_ONCE = 200
REPEAT_SECONDS = (2, 10, 60, 300)
STOP_SECONDS = 60.0
"""A stopped account is tried again this often, with one reply, so that it recovers once the cause is mended."""

log = logging.getLogger(__name__)
SENDS = Counter("aspa_sends_total", "Requests to the Graph API by outcome", ["outcome"])
SEND_SECONDS = Histogram("aspa_send_seconds", "From our request to the Graph API's answer")


@dataclass
class Delivery:
    """What delivery is made of. `work` and `work_receipts` are called again and again."""

    database: AsyncEngine
    graph: Graph
    accounts: Mapping[tuple[Channel, str], Account]
    unknown_seconds: float
    clock: Clock
    _stopped: dict[str, float] = field(default_factory=dict)  # account: when it is tried again
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def work(self) -> bool:
        """Begin to send what is due, one reply a conversation, side by side; False when nothing is.

        A send that hangs takes one of the places until its time-out; the others go on.
        """
        if len(self._running) >= AT_ONCE:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        free = AT_ONCE - len(self._running)
        async with self.database.begin() as connection:
            items = await self._claim(connection, free)
        for item in items:
            task = asyncio.create_task(self._deliver(item))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(items)

    async def finish(self) -> None:
        """Wait for the sends that are under way."""
        await asyncio.gather(*self._running)

    async def _claim(self, connection: AsyncConnection, free: int) -> list[OutboxItem]:
        now, stopped = self.clock(), list(self._stopped)
        items = await outbox.claim(connection, now, free, self.unknown_seconds, stopped)
        for name in stopped:
            if self._stopped[name] <= now.timestamp():
                items += await outbox.claim(connection, now, 1, self.unknown_seconds, only=name)
                self._stopped[name] = now.timestamp() + STOP_SECONDS
        return items

    async def _deliver(self, item: OutboxItem) -> None:
        try:
            if item.author is Author.BOT and item.owner in (Owner.HUMAN, Owner.EXTERNAL):
                # Computed before a person took over: it would talk over him.
                await self._record(item, DeliveryStatus.DROPPED, 0, "a person answers now")
                return
            if item.repeated and await self._settled_meanwhile(item):
                return
            await self._send(item)
        except SQLAlchemyError as error:
            log.error("outcome of %s not recorded, it will be reconciled: %s", item.key, describe(error))

    async def _settled_meanwhile(self, item: OutboxItem) -> bool:
        """Before a reply goes out again, hear the news: its echo may have come in while we were down."""
        while await self.work_receipts(wait=True):
            pass
        async with self.database.connect() as connection:
            return not await outbox.is_being_sent(connection, item.id)

    async def _send(self, item: OutboxItem) -> None:
        account = self.accounts.get((item.channel, item.account))
        if account is None:
            await self._record(item, DeliveryStatus.DEAD, 0, "no token for this account")
            return
        try:
            external_id = await self._call(account, item)
        except SendError as error:
            SENDS.labels(error.verdict).inc()
            await self._after_failure(item, error)
            return
        SENDS.labels("sent").inc()
        self._stopped.pop(_name(item), None)
        async with self.database.begin() as connection:
            await outbox.record_sent(connection, item.id, external_id, self.clock())
            await notify(connection, DESK, str(item.conversation_id))

    async def _call(self, account: Account, item: OutboxItem) -> str:
        """A request must have ended before its reply could be claimed again: it has half of that time."""
        try:
            async with asyncio.timeout(self.unknown_seconds / 2):
                with SEND_SECONDS.time():
                    return await self.graph.send(account, item.address, item.reply, item.key, item.attempts)
        except TimeoutError as error:
            raise SendError(Verdict.UNKNOWN, "no answer in time; the reply may have gone out") from error

    async def _after_failure(self, item: OutboxItem, error: SendError) -> None:
        log.warning("send of %s, attempt %d: %s", item.key, item.attempts, error)
        pause = error.retry_after or REPEAT_SECONDS[min(item.attempts, len(REPEAT_SECONDS)) - 1]
        if error.verdict in (Verdict.REPEAT, Verdict.DEAD):
            self._stopped.pop(_name(item), None)  # the account can send, whatever became of this reply
        match error.verdict:
            case Verdict.STOP:
                self._stopped[_name(item)] = self.clock().timestamp() + STOP_SECONDS
                await self._record(item, DeliveryStatus.QUEUED, 0, str(error), counts=False)
            case Verdict.UNKNOWN if item.attempts <= len(REPEAT_SECONDS):
                await self._record(item, DeliveryStatus.SENDING, self.unknown_seconds, str(error))
            case Verdict.REPEAT if item.attempts <= len(REPEAT_SECONDS):
                await self._record(item, DeliveryStatus.QUEUED, pause, str(error))
            case _:
                await self._record(item, DeliveryStatus.DEAD, 0, str(error))

    async def _record(
        self, item: OutboxItem, status: DeliveryStatus, seconds: float, problem: str, counts: bool = True
    ) -> None:
        async with self.database.begin() as connection:
            due_at = self.clock() + timedelta(seconds=seconds)
            await outbox.record_failure(connection, item.id, status, due_at, problem, counts)
            await notify(connection, DESK, str(item.conversation_id))

    async def work_receipts(self, wait: bool = False) -> bool:
        """Record echoes, marks and statuses of what we sent; False when there are none.

        With `wait`, those that somebody else is recording at this moment are waited for.
        """
        async with self.database.begin() as connection:
            items = await inbox.claim_receipts(connection, self.clock(), RECEIPTS_AT_ONCE, wait)
            for item in items:
                event = item.event
                assert event.receipt is not None
                thread = (event.channel, event.account, event.address)
                await outbox.apply_receipt(connection, event.receipt, thread, event.occurred_at)
            await inbox.close(connection, [item.id for item in items])
        return bool(items)

    async def show_seen(self, notice: str) -> None:
        """Show read mark and typing for a message that a turn has begun on. Best effort: nothing depends on it."""
        channel, account_id, address, message_id = notice.split(" ", 3)
        account = self.accounts.get((Channel(channel), account_id))
        if account is None:
            return
        try:
            await self.graph.show_seen(account, address, message_id)
        except SendError as error:
            log.info("read mark not shown: %s", error)


def _name(item: OutboxItem) -> str:
    return f"{item.channel}:{item.account}"
