"""What a handoff carries, as an agent grasps it in ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk.lookup_card import LookupCard, card_of
from bot.desk.rows import in_language
from bot.desk.texts import Texts
from bot.dialogue.voice import Voice
from bot.errors import ConfigError
from bot.model import Json

MANNERS = frozenset("greet goodbye thank affirm deny inform praise complain request_human change_language".split())
"""Intents that are no attempt at a matter."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the customer has told; `line` is the message it came from."""

    name: str
    value: str
    said: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class PacketView:
    """A packet in words."""

    wish: str
    reason: str
    urgent: bool
    language: str
    created_at: datetime
    facts: tuple[Fact, ...]
    tried: tuple[str, ...]


def packet_of(handoff: Json, texts: Texts, voice: Voice) -> PacketView:
    """Return a handoff's packet in words."""
    packet = handoff["packet"]
    return PacketView(
        wish=in_language(packet.get("wish"), texts),
        reason=texts.one_of("reason", handoff["reason"], texts("reason_unknown")),
        urgent=handoff["urgent"],
        language=texts.one_of("language", packet.get("language", ""), packet.get("language", "")),
        created_at=handoff["created_at"],
        facts=tuple(_fact(fact, texts) for fact in packet.get("facts", ())),
        tried=tuple(dict.fromkeys(_tried(packet.get("tried", ()), texts, voice))),
    )


def cards_of(lookups: Sequence[Json], texts: Texts, now: datetime) -> list[LookupCard]:
    """Return the look-ups in words, the newest first."""
    return [card_of(lookup, texts, now) for lookup in reversed(lookups)]


def _fact(fact: Json, texts: Texts) -> Fact:
    value = str(fact["value"])
    if fact["name"] == "service":
        value = texts.one_of("service", value, value)
    return Fact(texts.one_of("fact", fact["name"], fact["name"]), value, fact.get("said"), fact.get("line"))


def _tried(intents: Sequence[str], texts: Texts, voice: Voice) -> list[str]:
    """Return in the content's own words what the bot took the messages for."""
    return [_title(intent, texts, voice) for intent in intents if intent not in MANNERS]


def _title(intent: str, texts: Texts, voice: Voice) -> str:
    known = texts.one_of("tried", intent, "")
    if known:
        return known
    try:
        return voice.say(f"utter_title_{intent}", texts.language).text or intent
    except ConfigError:
        return intent
