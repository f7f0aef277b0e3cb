"""The promise "I will write to you when it is over": asks after the outages that customers follow, and tells them.

The wish is removed and the message written in one transaction with the conversation locked: told once or not yet told,
whichever process is killed and however many run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.protocol import Area, Backend, BackendUnavailable, Outage, OutageState
from bot import handoff
from bot.clock import Clock
from bot.dialogue.voice import Voice
from bot.model import Author, Reply
from bot.store import conversations, subscriptions
from bot.store.conversations import ConversationState
from bot.store.subscriptions import Waiting

TOPIC = "outage"
EVERY_SECONDS = 30.0
QUESTION_SECONDS = 4.0
WINDOW = timedelta(hours=24)
"""The platforms take a free reply this long after the customer's last message (docs/connect.md)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What following outages is made of. `work` is called every EVERY_SECONDS by the scheduler."""

    database: AsyncEngine
    backend: Backend
    voice: Voice
    clock: Clock
    question_seconds: float = QUESTION_SECONDS
    held_back: set[int] = field(default_factory=set)
    """Wishes that the log has said to be waiting for the customer."""

    async def work(self) -> bool:
        """Ask once after each outage that somebody follows; True when a customer was told or a wish has lapsed."""
        async with self.database.begin() as connection:
            lapsed = await subscriptions.remove_lapsed(connection, TOPIC, self.clock())
            waiting = await subscriptions.waiting(connection, TOPIC)
        if lapsed:
            log.info("subscriptions %s lapsed", list(lapsed))
        by_outage = groupby(sorted(waiting, key=lambda one: one.key), lambda one: one.key)
        told = [await self._follow(key, list(followers)) for key, followers in by_outage]
        return bool(lapsed) or any(told)

    async def _follow(self, key: str, followers: Sequence[Waiting]) -> bool:
        try:
            async with asyncio.timeout(self.question_seconds):
                outage = await self.backend.outage(key)
                if outage is not None and outage.state is not OutageState.FIXED:
                    return False
                area = await self._area(outage)
        except BackendUnavailable as error:
            log.warning("no answer about outage %s: %s", key, error.operator)
            return False
        except TimeoutError:
            log.warning("no answer about outage %s in %g s", key, self.question_seconds)
            return False
        return any([await self._tell(one, outage, area) for one in followers])

    async def _area(self, outage: Outage | None) -> Area | None:
        """Ask for the municipality, because an outage knows only its Finnish name."""
        if outage is None or outage.municipality is None:
            return None
        return await self.backend.find_area(place=outage.municipality)

    async def _tell(self, one: Waiting, outage: Outage | None, area: Area | None) -> bool:
        now = self.clock()
        async with self.database.begin() as connection:
            conversation = await conversations.lock_conversation(connection, one.conversation_id)
            if conversation is None or not self._may_write(conversation, one, now):
                return False
            if not await subscriptions.take(connection, one.id):
                return False
            reply = self._words(outage, area, conversation.language)
            await handoff.say(connection, conversation, Author.SYSTEM, reply, now)
        log.info("subscription %d of conversation %d fulfilled", one.id, one.conversation_id)
        return True

    def _may_write(self, conversation: ConversationState, one: Waiting, now: datetime) -> bool:
        heard = conversation.last_customer_at
        if heard is not None and now - heard < WINDOW:
            return True
        if one.id not in self.held_back:
            self.held_back.add(one.id)
            log.info("subscription %d of conversation %d is held back: window closed", one.id, one.conversation_id)
        return False

    def _words(self, outage: Outage | None, area: Area | None, language: str) -> Reply:
        if outage is None:  # nobody said that it was fixed, so we do not say so either
            return self.voice.say("utter_outage_unlisted", language)
        place, service = self._place(outage, area, language), self._word(outage.service.value, language)
        return self.voice.say("utter_outage_fixed", language, place=place, service=service)

    def _place(self, outage: Outage, area: Area | None, language: str) -> str:
        if outage.municipality is None:
            return self._word("whole_country", language)
        return area.municipality_sv if area is not None and language == "sv" else outage.municipality

    def _word(self, name: str, language: str) -> str:
        return self.voice.say(f"utter_word_{name}", language).text or ""
