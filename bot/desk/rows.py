"""The list of conversations as an agent sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.names import agent_name, customer_name
from bot.desk.texts import Texts
from bot.model import Author, Channel, Owner
from bot.store.desk import Head, QueueRow

CHANNELS = {Channel.MESSENGER: "Messenger", Channel.WHATSAPP: "WhatsApp", Channel.INSTAGRAM: "Instagram"}
WINDOW = timedelta(hours=24)
"""Free replies are allowed this long after the customer's last message (meta-platform 2)."""
WINDOW_IS_SHORT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list, in words."""

    id: int
    name: str
    channel: Channel
    channel_name: str
    wish: str
    waited: str | None
    since: datetime | None
    reason: str | None
    who: str | None
    urgent: bool
    awaits: bool
    window: str | None


def row_of(row: QueueRow, agent_id: int, texts: Texts, now: datetime) -> Row:
    """Return a row in words: who waits, what for, how long."""
    since = _waits_since(row)
    return Row(
        id=row.conversation_id,
        name=customer_name(row.name, row.contact_id, texts),
        channel=row.channel,
        channel_name=CHANNELS[row.channel],
        wish=in_language(row.wish, texts) or row.said or "",
        waited=texts.span(now - since) if since is not None else None,
        since=since,
        reason=texts.one_of("reason", row.reason, texts("reason_unknown")) if row.reason else None,
        who=_who(row, agent_id, texts),
        urgent=row.urgent,
        awaits=row.owner is Owner.HUMAN and row.last_author is Author.CUSTOMER,
        window=_window(row, texts, now),
    )


def _waits_since(row: QueueRow) -> datetime | None:
    """Return since when somebody waits: in the queue for a person, later for an answer."""
    if row.owner is Owner.WAITING:
        return row.since
    if row.owner is Owner.BOT or row.last_author is Author.CUSTOMER:
        return row.last_customer_at
    return None


def _who(row: QueueRow, agent_id: int, texts: Texts) -> str | None:
    if row.agent is None:
        return None
    return texts("you_have_it") if row.agent_id == agent_id else texts("has_it", agent=agent_name(row.agent))


def _window(row: QueueRow, texts: Texts, now: datetime) -> str | None:
    left = window_left(row.last_customer_at, now)
    if row.owner is Owner.BOT or left is None or not timedelta(0) < left < WINDOW_IS_SHORT:
        return None
    return texts("window_ends", time=texts.span(left))


def window_left(last_customer_at: datetime | None, now: datetime) -> timedelta | None:
    """Return how long replies are still allowed; None when the customer has not written."""
    return last_customer_at + WINDOW - now if last_customer_at is not None else None


def in_language(wish: dict[str, str] | None, texts: Texts) -> str:
    """Return the wish in the agent's language, in any language where that is missing."""
    if not wish:
        return ""
    return wish.get(texts.language) or next(iter(wish.values()), "")


def owner_in_words(head: Head, agent_id: int, texts: Texts) -> str:
    """Return who has the conversation."""
    if head.owner is Owner.HUMAN:
        return (
            texts("owner_mine")
            if head.agent_id == agent_id
            else texts("owner_human", agent=agent_name(head.agent or ""))
        )
    return texts(f"owner_{head.owner}")
