"""From the bot to a person and back: the packet, the promise, and who has the conversation.

Every change happens in the caller's transaction with the conversation locked, leaves a row in the handoff's history
and a line in the transcript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.layout import fit
from bot.dialogue.voice import Voice
from bot.errors import Conflict
from bot.hours import OpeningHours
from bot.model import Author, HandoffState, HandoffWish, Json, Owner, Reply, Understanding
from bot.store import conversations, handoffs, outbox
from bot.store.conversations import ConversationState
from bot.store.db import notify
from bot.store.wake import DESK

FIRST_GUESS_SECONDS = 180.0
"""Expected wait for one place in the queue before there are figures of our own."""
FACTS = ("place", "postal_code", "order_number", "service")


async def hand_off(
    connection: AsyncConnection,
    conversation: ConversationState,
    wish: HandoffWish,
    slots: Mapping[str, Any],
    language: str,
    now: datetime,
) -> int:
    """Put the conversation into the queue with its packet; the bot is silent from here on."""
    packet = await build_packet(connection, conversation.id, wish, slots, language)
    handoff_id = await handoffs.create(connection, conversation.id, wish, packet, now)
    await conversations.change_conversation(connection, conversation.id, owner=Owner.WAITING)
    await _owner_line(connection, conversation.id, Owner.WAITING, now)
    await notify(connection, DESK, str(conversation.id))
    return handoff_id


async def build_packet(
    connection: AsyncConnection, conversation_id: int, wish: HandoffWish, slots: Mapping[str, Any], language: str
) -> Json:
    """Return all that the agent needs: wish, facts with their source, look-ups, what was tried, the transcript."""
    lines = await conversations.transcript(connection, conversation_id)
    looked = await conversations.lookups(connection, conversation_id)
    return {
        "reason": wish.reason,
        "wish": wish.wish,
        "urgent": wish.urgent,
        "language": language,
        "facts": [_fact(name, slots[name], lines) for name in FACTS if slots.get(name)],
        "lookups": [{**look, "at": look["at"].isoformat()} for look in looked],
        "tried": [line["content"]["intent"] for line in lines if line["content"].get("intent")],
        "transcript": [
            {"id": line["id"], "at": line["at"].isoformat(), "author": line["author"], "text": line["text"]}
            for line in lines
        ],
    }


def _fact(name: str, value: Any, lines: Sequence[Json]) -> Json:
    """Find the customer's latest line that the fact was understood from."""
    for line in reversed(lines):
        for entity in line["content"].get("entities", ()):
            if entity["entity"] == name and str(entity["value"]) == str(value):
                return {"name": name, "value": value, "line": line["id"], "said": entity.get("text") or line["text"]}
    return {"name": name, "value": value, "line": None, "said": None}


async def what_happens_next(
    connection: AsyncConnection, handoff_id: int | None, voice: Voice, hours: OpeningHours, language: str, now: datetime
) -> Reply:
    """Tell the customer his place and the expected wait, or when people are there again. None: not in the queue yet."""
    kind = "handoff" if handoff_id is not None else "wait_time"
    opens = hours.next_opening(now)
    if opens is not None and opens > now:
        return voice.say(f"utter_{kind}_closed", language, opens=voice.moment(opens, now, language))
    place = await handoffs.position(connection, handoff_id)
    wait = await handoffs.recent_wait_seconds(connection) or FIRST_GUESS_SECONDS * place
    minutes = str(max(2, round(wait / 60)))  # never "about 1 minutes": no honest promise, and no language says so
    return voice.say(f"utter_{kind}_open", language, position=str(place), minutes=minutes)


async def claim(
    connection: AsyncConnection, conversation_id: int, agent_id: int, agent: str, voice: Voice, now: datetime
) -> None:
    """Give a waiting conversation to an agent and tell the customer; raise `Conflict` when it is not waiting."""
    conversation = await _locked(connection, conversation_id)
    found = await handoffs.open_handoff(connection, conversation_id)
    if found is None or conversation.owner is not Owner.WAITING:
        raise Conflict("already taken" if conversation.owner is Owner.HUMAN else "not waiting any more")
    if not await handoffs.move(connection, found[0], HandoffState.WAITING, HandoffState.CLAIMED, agent_id, now):
        raise Conflict("already taken")
    await conversations.change_conversation(connection, conversation_id, owner=Owner.HUMAN, agent_id=agent_id)
    await _owner_line(connection, conversation_id, Owner.HUMAN, now, agent_id)
    greeting = voice.say("utter_agent_joined", conversation.language, agent=agent)
    await say(connection, conversation, Author.SYSTEM, greeting, now)


async def reply(connection: AsyncConnection, conversation_id: int, agent_id: int, text: str, now: datetime) -> None:
    """Send an agent's words; raise `Conflict` when the conversation is not his."""
    conversation = await _owned(connection, conversation_id, agent_id)
    await say(connection, conversation, Author.AGENT, Reply(text=text), now, agent_id)


async def resolve(
    connection: AsyncConnection, conversation_id: int, agent_id: int, outcome: str, now: datetime
) -> None:
    """Settle a conversation: the bot has it again and says nothing until the customer writes."""
    await _close(connection, conversation_id, agent_id, HandoffState.RESOLVED, outcome, now)


async def give_back(
    connection: AsyncConnection, conversation_id: int, agent_id: int, voice: Voice, now: datetime
) -> None:
    """Give a conversation back to the bot, which says that it is the bot again."""
    conversation = await _close(connection, conversation_id, agent_id, HandoffState.RELEASED, None, now)
    await say(connection, conversation, Author.SYSTEM, voice.say("utter_bot_back", conversation.language), now)


async def _close(
    connection: AsyncConnection,
    conversation_id: int,
    agent_id: int,
    to: HandoffState,
    outcome: str | None,
    now: datetime,
) -> ConversationState:
    conversation = await _owned(connection, conversation_id, agent_id)
    found = await handoffs.open_handoff(connection, conversation_id)
    if found is not None:
        await handoffs.move(connection, found[0], HandoffState.CLAIMED, to, agent_id, now, outcome)
    await conversations.change_conversation(connection, conversation_id, owner=Owner.BOT, agent_id=None)
    await _owner_line(connection, conversation_id, Owner.BOT, now, agent_id)
    await notify(connection, DESK, str(conversation_id))
    return conversation


async def _locked(connection: AsyncConnection, conversation_id: int) -> ConversationState:
    conversation = await conversations.lock_conversation(connection, conversation_id)
    if conversation is None:
        raise Conflict("there is no such conversation")
    return conversation


async def _owned(connection: AsyncConnection, conversation_id: int, agent_id: int) -> ConversationState:
    conversation = await _locked(connection, conversation_id)
    if conversation.owner is not Owner.HUMAN or conversation.agent_id != agent_id:
        raise Conflict("this conversation is not yours")
    return conversation


async def external_took_over(connection: AsyncConnection, conversation: ConversationState, now: datetime) -> None:
    """Somebody answered outside our desk: the bot is silent, a waiting handoff is settled."""
    await conversations.change_conversation(
        connection, conversation.id, owner=Owner.EXTERNAL, agent_id=None, last_external_at=now
    )
    if conversation.owner is not Owner.EXTERNAL:
        await _owner_line(connection, conversation.id, Owner.EXTERNAL, now)
    found = await handoffs.open_handoff(connection, conversation.id)
    if found is not None:
        note = "answered outside the desk"
        await handoffs.move(connection, found[0], found[1], HandoffState.RESOLVED, conversation.agent_id, now, note)


async def _owner_line(
    connection: AsyncConnection, conversation_id: int, owner: Owner, now: datetime, agent_id: int | None = None
) -> None:
    await conversations.add_line(
        connection, conversation_id, now, Author.SYSTEM, None, {"owner": owner.value}, agent_id
    )


async def say(
    connection: AsyncConnection,
    conversation: ConversationState,
    author: Author,
    what: Reply,
    now: datetime,
    agent_id: int | None = None,
) -> int:
    """Write a reply into the transcript and put it on its way to the customer; return the line's number."""
    content = what.as_json() if what.buttons or what.image else {}
    line = await conversations.add_line(connection, conversation.id, now, author, what.text, content, agent_id)
    await outbox.enqueue(connection, conversation.id, author, fit(what, conversation.channel), line)
    await notify(connection, DESK, str(conversation.id))
    return line


def understood_json(understood: Sequence[Understanding]) -> Json:
    """Return what the transcript keeps of how a message was understood."""
    if not understood:
        return {}
    entities = [entity for item in understood for entity in item.entities]
    first = understood[0]
    return {"intent": first.intent, "confidence": round(first.confidence, 3), "entities": entities}
