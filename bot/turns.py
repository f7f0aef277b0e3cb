"""The turn: one conversation's open events in, and in ONE transaction everything that follows from them.

Killed at any moment, a turn leaves nothing: its locks go with its connection, and the events are open as before.
A turn that raises is rolled back and tried again at RETRY_SECONDS; after the last try the events are given up,
the customer hears an apology, and a person gets the conversation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import handoff
from bot.clock import Clock
from bot.dialogue.engine import Engine
from bot.dialogue.voice import Voice
from bot.hours import OpeningHours
from bot.logs import describe
from bot.model import (
    Author,
    BotTurn,
    Event,
    EventKind,
    HandoffWish,
    Json,
    Lookup,
    Owner,
    Reply,
    Subscribe,
    WaitTime,
)
from bot.privacy import without_masks
from bot.store import conversations, inbox
from bot.store.conversations import ConversationState
from bot.store.db import notify
from bot.store.inbox import InboxItem
from bot.store.wake import DESK, SEEN

RETRY_SECONDS = (1, 5, 20)
TURN_SECONDS = 25.0
EXTERNAL_REST = timedelta(hours=12)
"""After an answer from outside our desk the bot stays silent this long."""

log = logging.getLogger(__name__)
TURNS = Counter("aspa_turns_total", "Turns by outcome", ["outcome"])
TURN_TIME = Histogram("aspa_turn_seconds", "From claim to commit", buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 25))


@dataclass(frozen=True, slots=True)
class Turns:
    """What turns are made of. `work` is called again and again by the engine worker."""

    database: AsyncEngine
    engine: Engine
    voice: Voice
    hours: OpeningHours
    secure_link: str
    clock: Clock

    async def work(self) -> bool:
        """Take one turn if a conversation waits for it; False when none does."""
        claimed: list[InboxItem] = []
        try:
            async with asyncio.timeout(TURN_SECONDS), self.database.begin() as connection:
                claimed = await inbox.claim_thread(connection, self.clock())
                if claimed:
                    with TURN_TIME.time():
                        await self._take(connection, claimed)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise  # the database went away; nothing is wrong with the events
            await self._failed(claimed, error)
            return True
        if claimed:
            TURNS.labels("done").inc()
        return bool(claimed)

    async def _take(self, connection: AsyncConnection, items: Sequence[InboxItem]) -> None:
        now = self.clock()
        events = [item.event for item in items]
        conversation = await conversations.open_conversation(connection, events[-1])
        conversation = await self._settle_owner(connection, conversation, events, now)
        lines = [await _customer_line(connection, conversation, event) for event in events]
        messages = [event for event in events if event.kind is EventKind.MESSAGE]
        if messages and conversation.owner is Owner.BOT:
            await self._answer(connection, conversation, messages, lines[-1], now)
        elif conversation.owner is not Owner.EXTERNAL:
            await self._warn_of_codes(connection, conversation, messages, conversation.language, now)
        await inbox.close(connection, [item.id for item in items])
        if messages:
            heard = messages[-1].occurred_at
            await conversations.change_conversation(connection, conversation.id, last_customer_at=heard)
        await notify(connection, DESK, str(conversation.id))

    async def _settle_owner(
        self, connection: AsyncConnection, conversation: ConversationState, events: Sequence[Event], now: datetime
    ) -> ConversationState:
        """Somebody outside our desk answered, or has been silent long enough that the bot may speak again."""
        if any(event.kind in (EventKind.EXTERNAL, EventKind.STANDBY) for event in events):
            await handoff.external_took_over(connection, conversation, now)
        elif conversation.owner is Owner.EXTERNAL and _rested(conversation, now):
            await conversations.change_conversation(connection, conversation.id, owner=Owner.BOT)
        else:
            return conversation
        changed = await conversations.lock_conversation(connection, conversation.id)
        assert changed is not None
        return changed

    async def _answer(
        self,
        connection: AsyncConnection,
        conversation: ConversationState,
        events: Sequence[Event],
        line: int,
        now: datetime,
    ) -> None:
        await self._show_seen(conversation, events[-1])
        inputs = _inputs(events)
        turn = await self._think(conversation, inputs) if inputs else None
        language = turn.language if turn is not None else conversation.language
        await self._warn_of_codes(connection, conversation, events, language, now)
        if turn is not None:
            await conversations.annotate_line(connection, line, handoff.understood_json(turn.understood))
            await self._carry_out(connection, conversation, turn, line, now)
        elif any(event.attachments for event in events):
            # A picture or a voice message without a word: the bot says what it can do with it.
            reply = self.voice.say("utter_attachment", language)
            await handoff.say(connection, conversation, Author.SYSTEM, reply, now)

    async def _think(self, conversation: ConversationState, inputs: Sequence[str | Sequence[str]]) -> BotTurn:
        sender, channel = str(conversation.id), conversation.channel.value
        return await self.engine.turn(sender, channel, conversation.tracker, inputs)

    async def _warn_of_codes(
        self,
        connection: AsyncConnection,
        conversation: ConversationState,
        events: Sequence[Event],
        language: str,
        now: datetime,
    ) -> None:
        """Tell a customer who wrote a personal code that we removed it, and show the secure way."""
        if any(event.text and without_masks(event.text) != event.text for event in events):
            warning = self.voice.say("utter_sensitive", language, link=self.secure_link)
            await handoff.say(connection, conversation, Author.SYSTEM, warning, now)

    async def _carry_out(
        self, connection: AsyncConnection, conversation: ConversationState, turn: BotTurn, line: int, now: datetime
    ) -> None:
        """Keep what the bot remembers, say what it says and do what it asks for, in its order."""
        await conversations.change_conversation(
            connection, conversation.id, tracker=turn.tracker, language=turn.language
        )
        wish: HandoffWish | None = None
        for step in turn.steps:
            match step:
                case Reply():
                    await handoff.say(connection, conversation, Author.BOT, step, now)
                case Lookup():
                    await conversations.add_lookup(connection, conversation.id, line, step)
                case Subscribe():
                    await conversations.subscribe(connection, conversation.id, step)
                case WaitTime():
                    await self._tell_what_happens_next(connection, conversation, None, turn.language, now)
                case HandoffWish():
                    wish = step
        if wish is not None:
            number = await handoff.hand_off(connection, conversation, wish, turn.slots, turn.language, now)
            await self._tell_what_happens_next(connection, conversation, number, turn.language, now)

    async def _tell_what_happens_next(
        self,
        connection: AsyncConnection,
        conversation: ConversationState,
        handoff_id: int | None,
        language: str,
        now: datetime,
    ) -> None:
        reply = await handoff.what_happens_next(connection, handoff_id, self.voice, self.hours, language, now)
        await handoff.say(connection, conversation, Author.SYSTEM, reply, now)

    async def _show_seen(self, conversation: ConversationState, event: Event) -> None:
        """Let the delivery worker show read mark and typing now, while the turn is still running."""
        target = f"{conversation.channel} {conversation.account} {event.address} {event.external_id}"
        async with self.database.begin() as aside:
            await notify(aside, SEEN, target)

    async def _failed(self, claimed: Sequence[InboxItem], error: Exception) -> None:
        if not claimed:
            log.error("no turn could be claimed: %s", describe(error))
            return
        cause = error.__cause__ or error
        attempt = max(item.attempts for item in claimed)
        ids = [item.id for item in claimed]
        log.error("turn of inbox rows %s failed, attempt %d: %s", ids, attempt + 1, describe(cause))
        async with self.database.begin() as connection:
            if attempt < len(RETRY_SECONDS):
                due = self.clock() + timedelta(seconds=RETRY_SECONDS[attempt])
                await inbox.postpone(connection, ids, due, describe(cause), attempt)
                TURNS.labels("retried").inc()
            else:
                await self._give_up(connection, claimed, describe(cause))
                TURNS.labels("dead").inc()

    async def _give_up(self, connection: AsyncConnection, items: Sequence[InboxItem], problem: str) -> None:
        """Tell the customer honestly, and give the conversation to a person."""
        now = self.clock()
        if not await inbox.close(connection, [item.id for item in items], problem):
            return  # another worker gave them up at the same moment
        conversation = await conversations.open_conversation(connection, items[-1].event)
        for item in items:
            await _customer_line(connection, conversation, item.event)
        # What the bot remembers may be what it stumbles over; the transcript has all of it.
        await conversations.change_conversation(connection, conversation.id, tracker=None)
        if conversation.owner is not Owner.BOT:
            return
        language = conversation.language
        await handoff.say(connection, conversation, Author.SYSTEM, self.voice.say("utter_turn_failed", language), now)
        wish = HandoffWish("bot_failed", _last_words(items), urgent=True)
        number = await handoff.hand_off(connection, conversation, wish, {}, language, now)
        await self._tell_what_happens_next(connection, conversation, number, language, now)


def _rested(conversation: ConversationState, now: datetime) -> bool:
    return conversation.last_external_at is None or now - conversation.last_external_at > EXTERNAL_REST


def _last_words(items: Sequence[InboxItem]) -> dict[str, str]:
    words = next((item.event.text for item in reversed(items) if item.event.text), "")
    return dict.fromkeys(("fi", "sv", "en"), words or "")


def _inputs(events: Sequence[Event]) -> list[str | Sequence[str]]:
    """Put bubbles that follow each other together; a pressed button stands for itself."""
    inputs: list[str | Sequence[str]] = []
    bubbles: list[str] = []
    for event in events:
        if event.note == "get_started":
            inputs.append("/greet")
        elif event.payload and event.payload.startswith("/"):
            bubbles = []
            inputs.append(event.payload)
        elif text := without_masks(event.text or "").strip():
            if not bubbles:
                inputs.append(bubbles)
            bubbles.append(text)
    return inputs


async def _customer_line(connection: AsyncConnection, conversation: ConversationState, event: Event) -> int:
    content: Json = {}
    if event.attachments:
        content["attachments"] = [{"kind": item.kind, "name": item.name} for item in event.attachments]
    if event.payload:
        content["pressed"] = event.payload
    author = Author.EXTERNAL if event.kind is EventKind.EXTERNAL else Author.CUSTOMER
    return await conversations.add_line(connection, conversation.id, event.occurred_at, author, event.text, content)
