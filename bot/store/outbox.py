"""The outbox: replies on their way. One row is one request to the Graph API; rows of a conversation go in order."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import RECEIPT_RANK, Author, Channel, DeliveryStatus, Owner, Receipt, Reply
from bot.store.db import notify
from bot.store.schema import Conversation, Outbox
from bot.store.wake import DESK, OUTBOX

KEY_PREFIX = "aspa:"
"""Our own ids begin so; an echo or status that carries one is about something that we sent."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A reply that is being sent, with where it goes. `repeated`: an earlier try may have reached the customer."""

    id: int
    conversation_id: int
    key: str
    author: Author
    reply: Reply
    attempts: int
    repeated: bool
    channel: Channel
    account: str
    address: str
    owner: Owner


async def enqueue(
    connection: AsyncConnection, conversation_id: int, author: Author, replies: Sequence[Reply], line: int | None
) -> None:
    """Put request-sized replies into the outbox, in order, and wake the delivery worker at commit."""
    for reply in replies:
        values = {
            "conversation_id": conversation_id,
            "transcript_id": line,
            "author": author,
            "reply": reply.as_json(),
            "key": KEY_PREFIX + secrets.token_urlsafe(12),
        }
        await connection.execute(insert(Outbox).values(**values))
    if replies:
        await notify(connection, OUTBOX)


CLAIM = text("""
    WITH heads AS (
        SELECT DISTINCT ON (conversation_id) id, due_at FROM outbox
        WHERE status IN ('queued', 'sending') ORDER BY conversation_id, id)
    SELECT o.id, o.conversation_id, o.key, o.author, o.reply, o.attempts, o.status,
           c.channel, c.account, c.address, c.owner
    FROM outbox o JOIN conversation c ON c.id = o.conversation_id
    WHERE o.id IN (SELECT id FROM heads WHERE due_at <= :now)
      AND o.status IN ('queued', 'sending') AND o.due_at <= :now AND c.channel || ':' || c.account <> ALL (:paused)
      AND (CAST(:only AS text) IS NULL OR c.channel || ':' || c.account = :only)
    ORDER BY o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
""")
"""The oldest unsent reply of each conversation. A row left in `sending` comes back when its time is over."""


async def claim(
    connection: AsyncConnection,
    now: datetime,
    most: int,
    unknown_seconds: float,
    paused: Sequence[str] = (),
    only: str | None = None,
) -> list[OutboxItem]:
    """Take up to `most` replies, one a conversation, and mark them as being sent.

    Accounts are named "channel:account": none of `paused` is taken, and nothing but `only` when it is given.
    The mark is kept before the request goes out. If nobody records what became of it, the row is due again after
    `unknown_seconds`; until then an echo or a status can settle it.
    """
    rows = (await connection.execute(CLAIM, {"now": now, "most": most, "paused": list(paused), "only": only})).all()
    due_at = now + timedelta(seconds=unknown_seconds)
    values = {"status": DeliveryStatus.SENDING, "attempts": Outbox.attempts + 1, "due_at": due_at}
    await connection.execute(update(Outbox).where(Outbox.id.in_([row.id for row in rows])).values(**values))
    return [_item(row) for row in rows]


def _item(row: Any) -> OutboxItem:
    return OutboxItem(
        row.id,
        row.conversation_id,
        row.key,
        Author(row.author),
        Reply.from_json(row.reply),
        row.attempts + 1,
        row.status == DeliveryStatus.SENDING,
        Channel(row.channel),
        row.account,
        row.address,
        Owner(row.owner),
    )


async def is_being_sent(connection: AsyncConnection, item_id: int) -> bool:
    """Tell whether nothing is known yet about a reply that was sent."""
    status = (await connection.execute(select(Outbox.status).where(Outbox.id == item_id))).scalar()
    return status is DeliveryStatus.SENDING


async def record_sent(connection: AsyncConnection, item_id: int, external_id: str, now: datetime) -> None:
    """The platform took the reply. A receipt that was quicker is not undone."""
    values = {"external_id": external_id, "sent_at": func.coalesce(Outbox.sent_at, now), "problem": None}
    await connection.execute(update(Outbox).where(Outbox.id == item_id).values(**values))
    await _advance(connection, (Outbox.id == item_id,), DeliveryStatus.SENT)


async def record_failure(
    connection: AsyncConnection,
    item_id: int,
    status: DeliveryStatus,
    due_at: datetime,
    problem: str,
    counts: bool = True,
) -> None:
    """Note why a send failed and whether it is tried again (queued), waited for (sending) or given up.

    What is no fault of this reply (`counts` False) is no attempt.
    """
    still_ours = (Outbox.id == item_id, Outbox.status == DeliveryStatus.SENDING)
    values: dict[str, Any] = {"status": status, "due_at": due_at, "problem": problem}
    if not counts:
        values["attempts"] = Outbox.attempts - 1
    changed = await _change(connection, still_ours, values)
    if status in (DeliveryStatus.DEAD, DeliveryStatus.DROPPED):
        await _tell(connection, changed)


async def apply_receipt(
    connection: AsyncConnection, receipt: Receipt, thread: tuple[Channel, str, str | None], at: datetime
) -> int:
    """Move what the receipt speaks of forward; return how many replies changed. `at` is the platform's time."""
    conditions = _meant_by(receipt, thread)
    if receipt.key is not None:
        await _learn(connection, receipt, at)
    if receipt.status is DeliveryStatus.FAILED:
        return await _fail(connection, conditions, receipt.error)
    return await _advance(connection, conditions, receipt.status)


async def _learn(connection: AsyncConnection, receipt: Receipt, at: datetime) -> None:
    """Take the platform's id from a receipt that carries our key, and its time of sending: watermarks are in it."""
    keyed = update(Outbox).where(Outbox.key == receipt.key)
    if receipt.status is DeliveryStatus.SENT:
        await connection.execute(keyed.values(sent_at=at))
    if receipt.external_ids:
        await connection.execute(keyed.where(Outbox.external_id.is_(None)).values(external_id=receipt.external_ids[0]))
    if receipt.status is not DeliveryStatus.FAILED:  # given up without an answer, and yet it went out
        await connection.execute(
            keyed.where(Outbox.status == DeliveryStatus.DEAD).values(status=DeliveryStatus.SENDING)
        )


def _meant_by(receipt: Receipt, thread: tuple[Channel, str, str | None]) -> tuple[Any, ...]:
    if receipt.key is not None:
        return (Outbox.key == receipt.key,)
    named = Outbox.external_id.in_(receipt.external_ids)
    if receipt.watermark is None:
        return (named,)
    channel, account, address = thread
    conversation = select(Conversation.id).where(
        Conversation.channel == channel, Conversation.account == account, Conversation.address == address
    )
    return (or_(named, and_(Outbox.conversation_id.in_(conversation), Outbox.sent_at <= receipt.watermark)),)


async def _advance(connection: AsyncConnection, conditions: tuple[Any, ...], status: DeliveryStatus) -> int:
    earlier = [known for known, rank in RECEIPT_RANK.items() if rank < RECEIPT_RANK[status]]
    changed = await _change(connection, (*conditions, Outbox.status.in_(earlier)), {"status": status})
    await _tell(connection, changed)
    return len(changed)


async def _fail(connection: AsyncConnection, conditions: tuple[Any, ...], problem: str | None) -> int:
    not_read = Outbox.status.notin_([DeliveryStatus.READ, DeliveryStatus.DEAD, DeliveryStatus.DROPPED])
    values: dict[str, Any] = {"status": DeliveryStatus.FAILED, "problem": problem}
    changed = await _change(connection, (*conditions, not_read), values)
    await _tell(connection, changed)
    return len(changed)


async def _change(connection: AsyncConnection, conditions: tuple[Any, ...], values: dict[str, Any]) -> Sequence[int]:
    """Set columns of the replies that fit; return the conversation of each."""
    statement = update(Outbox).where(*conditions).values(**values).returning(Outbox.conversation_id)
    return (await connection.execute(statement)).scalars().all()


async def _tell(connection: AsyncConnection, changed: Sequence[int]) -> None:
    """What waited behind these replies may go now, and the desk shows what became of them."""
    if changed:
        await notify(connection, OUTBOX)
    for conversation_id in sorted(set(changed)):
        await notify(connection, DESK, str(conversation_id))
