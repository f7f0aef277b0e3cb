"""Everything that the desk's page shows, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.context import AGENT, DESK, TEXTS, Refused
from bot.desk.lookup_card import LookupCard
from bot.desk.names import agent_name, customer_name
from bot.desk.packet import PacketView, cards_of, packet_of
from bot.desk.rows import CHANNELS, WINDOW_IS_SHORT, Row, owner_in_words, row_of, window_left
from bot.desk.texts import Texts
from bot.desk.transcript import Item, items_of
from bot.model import Channel, Owner
from bot.store import conversations
from bot.store import desk as reads
from bot.store.desk import Head, Shelf

MOST_ROWS = {Shelf.WAITING: 200, Shelf.MINE: 200, Shelf.ALL: 200, Shelf.BOT: 50}
LINES_STEP, MOST_LINES = 200, 5000
SHELF_COOKIE = "aspa_shelf"


@dataclass(frozen=True, slots=True)
class Queue:
    """The list of conversations."""

    shelf: Shelf
    counts: dict[Shelf, int]
    rows: tuple[Row, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The conversation that is open."""

    id: int
    name: str
    channel: Channel
    channel_name: str
    owner: Owner
    owner_words: str
    is_mine: bool
    why_read_only: str | None
    window: str | None
    items: tuple[Item, ...]
    earlier: int | None
    packet: PacketView | None
    cards: tuple[LookupCard, ...]


async def read_queue(connection: AsyncConnection, request: web.Request, shelf: Shelf) -> Queue:
    """Return the list of conversations of a shelf."""
    agent, texts, now = request[AGENT], request[TEXTS], request.app[DESK].clock()
    counts = await reads.counts(connection, agent.id)
    rows = await reads.queue(connection, shelf, agent.id, MOST_ROWS[shelf])
    return Queue(shelf, counts, tuple(row_of(row, agent.id, texts, now) for row in rows), MOST_ROWS[shelf])


async def read_conversation(connection: AsyncConnection, request: web.Request, conversation_id: int) -> Opened:
    """Return a conversation with its newest lines and the packet of its latest handoff; refuse an unknown one."""
    head = await reads.head(connection, conversation_id)
    if head is None:
        raise Refused(404, "trouble_404")
    texts, now, wanted = request[TEXTS], request.app[DESK].clock(), lines_wanted(request)
    items, has_more, cards = await _read_items(connection, head, texts, now, wanted)
    handoff = await reads.newest_handoff(connection, head.id)
    is_mine = head.owner is Owner.HUMAN and head.agent_id == request[AGENT].id
    return Opened(
        id=head.id,
        name=customer_name(head.name, head.contact_id, texts),
        channel=head.channel,
        channel_name=CHANNELS[head.channel],
        owner=head.owner,
        owner_words=owner_in_words(head, request[AGENT].id, texts),
        is_mine=is_mine,
        why_read_only=None if is_mine else _why_read_only(head, texts),
        window=_window(head, texts, now) if is_mine else None,
        items=tuple(items),
        earlier=wanted + LINES_STEP if has_more and wanted < MOST_LINES else None,
        packet=packet_of(handoff, texts, request.app[DESK].voice) if handoff is not None else None,
        cards=tuple(cards),
    )


async def _read_items(
    connection: AsyncConnection, head: Head, texts: Texts, now: datetime, wanted: int
) -> tuple[list[Item], bool, list[LookupCard]]:
    lines = await reads.newest_lines(connection, head.id, wanted + 1)
    shown = lines[-wanted:]
    deliveries = await reads.deliveries(connection, [line["id"] for line in shown])
    moves = await reads.transitions(connection, head.id)
    lookups = await conversations.lookups(connection, head.id)
    name = customer_name(head.name, head.contact_id, texts)
    items = items_of(shown, lookups, deliveries, moves, name, texts, now)
    return items, len(lines) > wanted, cards_of(lookups, texts, now)


def _why_read_only(head: Head, texts: Texts) -> str:
    return texts(f"read_only_{head.owner}", agent=agent_name(head.agent or ""))


def _window(head: Head, texts: Texts, now: datetime) -> str | None:
    left = window_left(head.last_customer_at, now)
    if left is None or left >= WINDOW_IS_SHORT:
        return None
    return texts("window_ends_long", time=texts.span(left)) if left > timedelta(0) else texts("window_over")


def shelf_wanted(request: web.Request) -> Shelf:
    """Return the part of the list that the address asks for, else the one looked at last."""
    for name in (request.query.get("shelf"), request.cookies.get(SHELF_COOKIE)):
        if name in tuple(Shelf):
            return Shelf(name)
    return Shelf.WAITING


def lines_wanted(request: web.Request) -> int:
    """Return how many lines the address asks for, within bounds."""
    text = request.query.get("lines", "")
    return min(max(int(text), LINES_STEP), MOST_LINES) if text.isdecimal() and len(text) < 6 else LINES_STEP
