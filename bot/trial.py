"""Trying the bot from the command line: how a message is understood, and whole conversations without Meta."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import app
from bot.clock import utc_now
from bot.config import Settings
from bot.model import Channel, DeliveryStatus, Event, EventKind, Json, Reply
from bot.privacy import mask
from bot.store import inbox
from bot.store.migrate import migrate
from bot.store.schema import Address, Conversation, Inbox, Outbox
from bot.turns import Turns

ACCOUNT = "trial"
"""The account of these conversations: no Page or number, so nothing of them is ever sent."""
ANSWER_SECONDS = 60.0
Emit = Callable[[Json], None]


async def parse(settings: Settings, texts: Sequence[str], emit: Emit) -> None:
    """Emit text, intent, confidence, language, entities and the first three of the ranking for each message."""
    from bot.dialogue.engine import load_engine, understanding
    from bot.dialogue.training import newest_model

    engine = load_engine(newest_model(settings.project), settings.project)
    for text in texts:
        seen = understanding(await engine.understand(text))
        ranking = [{"name": name, "confidence": value} for name, value in seen.ranking if name != "nlu_fallback"]
        emit(
            {
                "text": text,
                "intent": seen.intent,
                "confidence": seen.confidence,
                "language": seen.language,
                "entities": list(seen.entities),
                "intent_ranking": ranking[:3],
            }
        )


async def converse(settings: Settings, sender: str, channel: Channel, texts: Sequence[str], emit: Emit) -> None:
    """Emit replies, owner and language for each message of a customer who writes one after the other."""
    async with app.open_database(settings) as (database, _):
        await migrate(database)
        async with app.make_turns(settings, database) as turns:
            for text in texts:
                emit(await _exchange(database, turns, sender, channel, text))


async def _exchange(database: AsyncEngine, turns: Turns, sender: str, channel: Channel, text: str) -> Json:
    event = _event(sender, channel, text)
    async with database.begin() as connection:
        before = await _last_reply(connection, event)
        await inbox.add_events(connection, None, [event])
    await asyncio.wait_for(_until_done(database, turns, event), ANSWER_SECONDS)
    async with database.begin() as connection:
        conversation = await _conversation(connection, event)
        replies = await _replies(connection, conversation.id, before)
    return {"text": text, "replies": replies, "owner": conversation.owner.value, "language": conversation.language}


def _event(sender: str, channel: Channel, text: str) -> Event:
    """A message as a webhook would bring it; one that begins with a slash is a pressed button's payload."""
    return Event(
        channel=channel,
        account=ACCOUNT,
        kind=EventKind.MESSAGE,
        external_id=f"trial:{secrets.token_hex(12)}",
        occurred_at=utc_now(),
        address=sender,
        text=None if text.startswith("/") else mask(text)[0],
        payload=text if text.startswith("/") else None,
    )


async def _until_done(database: AsyncEngine, turns: Turns, event: Event) -> None:
    """Take turns until the event's is committed, here or by a worker that runs beside us."""
    query = select(Inbox.is_open).where(Inbox.external_id == event.external_id)
    while True:
        worked = await turns.work()
        async with database.connect() as connection:
            if not (await connection.execute(query)).scalar_one():
                return
        if not worked:
            await asyncio.sleep(0.05)


async def _conversation(connection: AsyncConnection, event: Event) -> Any:
    return (await connection.execute(_of(event, Conversation.id, Conversation.owner, Conversation.language))).one()


def _of(event: Event, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Conversation)
        .join(Address, Address.contact_id == Conversation.contact_id)
        .where(
            Conversation.channel == event.channel,
            Conversation.account == ACCOUNT,
            Address.channel == event.channel,
            Address.account == ACCOUNT,
            Address.external_id == event.address,
        )
    )


async def _last_reply(connection: AsyncConnection, event: Event) -> int:
    query = _of(event, Outbox.id).join(Outbox, Outbox.conversation_id == Conversation.id)
    return (await connection.execute(query.order_by(Outbox.id.desc()).limit(1))).scalar() or 0


async def _replies(connection: AsyncConnection, conversation_id: int, after: int) -> list[Json]:
    """Return what was said since, and mark it as delivered: the command line is where it went."""
    mine = (Outbox.conversation_id == conversation_id, Outbox.id > after)
    rows = (await connection.execute(select(Outbox.reply).where(*mine).order_by(Outbox.id))).scalars().all()
    await connection.execute(update(Outbox).where(*mine).values(status=DeliveryStatus.DELIVERED))
    return [_plain(Reply.from_json(row)) for row in rows]


def _plain(reply: Reply) -> Json:
    buttons = [{"title": button.title, "payload": button.payload or button.url} for button in reply.buttons]
    return {"text": reply.text or reply.image, "buttons": buttons}
