"""The inbox: events kept before Meta gets its 200, claimed by row lock, done when their turn is committed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Attachment, Channel, DeliveryStatus, Event, EventKind, Json, Receipt
from bot.store.schema import Inbox, Webhook
from bot.store.wake import INBOX, RECEIPTS


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An open row of the inbox with its event."""

    id: int
    thread: str
    attempts: int
    event: Event


_ADD = """
    added AS (
        INSERT INTO inbox (webhook_id, channel, account, thread, kind, external_id, event, occurred_at, is_open)
        SELECT (SELECT id FROM origin), e->>'channel', e->>'account', e->>'thread', e->>'kind', e->>'external_id',
               e->'event', (e->>'occurred_at')::timestamptz, (e->>'is_open')::boolean
        FROM jsonb_array_elements(CAST(:events AS jsonb)) WITH ORDINALITY AS given(e, number) ORDER BY number
        ON CONFLICT DO NOTHING RETURNING kind)
    SELECT (SELECT count(*) FROM added),
           (SELECT pg_notify(:inbox, '') WHERE EXISTS (SELECT 1 FROM added WHERE kind <> 'receipt')),
           (SELECT pg_notify(:receipts, '') WHERE EXISTS (SELECT 1 FROM added WHERE kind = 'receipt'))
"""
KEEP = text("WITH origin AS (INSERT INTO webhook (body, problem) VALUES (:body, :problem) RETURNING id)," + _ADD)
"""Body, events and the waking of whom they concern in one statement: one way to the database and back."""
ADD = text("WITH origin AS (SELECT CAST(:webhook_id AS bigint) AS id)," + _ADD)


async def keep(connection: AsyncConnection, body: str, problem: str | None, events: Sequence[Event]) -> int:
    """Keep the (masked) body of one POST and those of its events that are new; return how many were."""
    given = {"body": body, "problem": problem, **_given(events)}
    return int((await connection.execute(KEEP, given)).scalar_one())


async def keep_webhook(connection: AsyncConnection, body: str, problem: str | None = None) -> int:
    """Keep only the (masked) body of one POST and return its number."""
    result = await connection.execute(insert(Webhook).values(body=body, problem=problem).returning(Webhook.id))
    return result.scalar_one()


async def add_events(connection: AsyncConnection, webhook_id: int | None, events: Sequence[Event]) -> int:
    """Keep the events that are new and wake whom they concern; return how many were new."""
    return int((await connection.execute(ADD, {"webhook_id": webhook_id, **_given(events)})).scalar_one())


def _given(events: Sequence[Event]) -> dict[str, str]:
    """Return the rows of the events, oldest first; the unique index refuses duplicates.

    Events of the same second stay in the order of the webhook, and two copies of one webhook go in alike, so that
    they cannot wait for each other.
    """
    rows = [_row(event) for event in sorted(events, key=lambda event: event.occurred_at)]
    return {"events": json.dumps(rows), "inbox": INBOX, "receipts": RECEIPTS}


def _row(event: Event) -> dict[str, Any]:
    return {
        "channel": event.channel,
        "account": event.account,
        "thread": f"{event.channel}:{event.account}:{event.address}",
        "kind": event.kind,
        "external_id": event.external_id,
        "event": event_to_json(event),
        "occurred_at": event.occurred_at.isoformat(),
        "is_open": event.kind is not EventKind.OTHER,
    }


HEADS = text("""
    WITH early AS (SELECT id, thread FROM inbox WHERE is_open AND kind <> 'receipt' ORDER BY id LIMIT :reach),
         heads AS (SELECT min(id) AS id FROM early GROUP BY thread)
    SELECT i.id, i.thread FROM inbox i
    WHERE i.id IN (SELECT id FROM heads) AND i.is_open AND i.due_at <= :now
    ORDER BY i.id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
"""Oldest open event of each thread among the first open rows: quick, and enough unless few threads fill the reach."""

ALL_HEADS = text("""
    WITH RECURSIVE heads AS (
        (SELECT thread, id FROM inbox WHERE is_open AND kind <> 'receipt' ORDER BY thread, id LIMIT 1)
        UNION ALL
        SELECT n.thread, n.id FROM heads h CROSS JOIN LATERAL (
            SELECT thread, id FROM inbox WHERE is_open AND kind <> 'receipt' AND thread > h.thread
            ORDER BY thread, id LIMIT 1) n
    )
    SELECT i.id, i.thread FROM inbox i
    WHERE i.id IN (SELECT id FROM heads) AND i.is_open AND i.due_at <= :now
    ORDER BY i.id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
"""The same over all open rows, by hopping from thread to thread in the index (docs/decisions.md)."""

REACH = 64
MOST_AT_ONCE = 10
"""Events of one turn: enough for quick bubbles, few enough that a long backlog cannot outlast a turn's time."""


async def claim_thread(connection: AsyncConnection, now: datetime) -> list[InboxItem]:
    """Lock the thread whose event has waited longest and return its open events, oldest first by Meta's time.

    The lock is the row lock on the thread's first event and lasts as long as the transaction: whoever else looks
    skips the thread, and a worker that dies lets go of it. Events that arrive meanwhile wait for the next turn.
    """
    for statement in (HEADS, ALL_HEADS):
        head = (await connection.execute(statement, {"now": now, "reach": REACH})).first()
        if head is not None:
            return await _open_events(connection, head.thread)
    return []


async def _open_events(connection: AsyncConnection, thread: str) -> list[InboxItem]:
    # All are locked, not the head alone: an insert that commits late may put a new head before these.
    query = (
        select(Inbox.id, Inbox.thread, Inbox.attempts, Inbox.event)
        .where(Inbox.thread == thread, Inbox.is_open, Inbox.kind != EventKind.RECEIPT)
        .order_by(Inbox.occurred_at, Inbox.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return [_item(row) for row in await connection.execute(query)]


async def claim_receipts(connection: AsyncConnection, now: datetime, most: int, wait: bool = False) -> list[InboxItem]:
    """Lock and return up to `most` open receipts, oldest first; locked ones are waited for or skipped."""
    query = (
        select(Inbox.id, Inbox.thread, Inbox.attempts, Inbox.event)
        .where(Inbox.is_open, Inbox.kind == EventKind.RECEIPT, Inbox.due_at <= now)
        .order_by(Inbox.id)
        .limit(most)
        .with_for_update(skip_locked=not wait)
    )
    return [_item(row) for row in await connection.execute(query)]


async def close(connection: AsyncConnection, ids: Sequence[int], problem: str | None = None) -> int:
    """Mark events as done and return how many were still open; `problem` says why they were given up."""
    values = {"is_open": False, "done_at": func.now(), "problem": problem}
    closed = await connection.execute(update(Inbox).where(Inbox.id.in_(ids), Inbox.is_open).values(**values))
    return closed.rowcount


async def postpone(
    connection: AsyncConnection, ids: Sequence[int], due_at: datetime, problem: str, attempts: int | None = None
) -> None:
    """Count a failed attempt and leave the events for a later time.

    With `attempts` (how many there were when the turn began) an attempt that somebody else has counted meanwhile is
    not counted again: between a rollback and this, another worker may have tried the same events.
    """
    values = {"attempts": Inbox.attempts + 1, "due_at": due_at, "problem": problem}
    seen = [] if attempts is None else [Inbox.attempts <= attempts]
    await connection.execute(update(Inbox).where(Inbox.id.in_(ids), *seen).values(**values))


def _item(row: Any) -> InboxItem:
    return InboxItem(row.id, row.thread, row.attempts, event_from_json(row.event))


def event_to_json(event: Event) -> Json:
    """Return the event as it is kept in the inbox."""
    data = asdict(event)
    data["occurred_at"] = event.occurred_at.isoformat()
    if event.receipt is not None and event.receipt.watermark is not None:
        data["receipt"]["watermark"] = event.receipt.watermark.isoformat()
    return data


def event_from_json(data: Json) -> Event:
    """Read back what `event_to_json` wrote."""
    return Event(
        channel=Channel(data["channel"]),
        account=data["account"],
        kind=EventKind(data["kind"]),
        external_id=data["external_id"],
        occurred_at=datetime.fromisoformat(data["occurred_at"]),
        address=data["address"],
        aliases=tuple(data["aliases"]),
        name=data["name"],
        text=data["text"],
        payload=data["payload"],
        attachments=tuple(Attachment(**attachment) for attachment in data["attachments"]),
        receipt=_receipt_from_json(data["receipt"]),
        note=data["note"],
    )


def _receipt_from_json(data: Json | None) -> Receipt | None:
    if data is None:
        return None
    watermark = datetime.fromisoformat(data["watermark"]) if data["watermark"] else None
    status, ids = DeliveryStatus(data["status"]), tuple(data["external_ids"])
    return Receipt(status, data["key"], ids, watermark, data["error"])
