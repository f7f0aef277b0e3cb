"""A conversation as an agent reads it: day lines, messages with their delivery, look-ups, changes of owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import HELSINKI
from bot.desk.lookup_card import LookupCard, card_of
from bot.desk.names import agent_name
from bot.desk.texts import Texts
from bot.model import RECEIPT_RANK, Author, DeliveryStatus, HandoffState, Json

Deliveries = Mapping[int, Sequence[DeliveryStatus]]
BAD = (DeliveryStatus.FAILED, DeliveryStatus.DEAD, DeliveryStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class DayLine:
    """The first line of a day."""

    day: date
    words: str
    kind: str = "day"


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A change of who answers."""

    id: int
    words: str
    at: datetime
    kind: str = "owner"


@dataclass(frozen=True, slots=True)
class Message:
    """Something said. `side` is customer, bot or agent; `status` and `went_wrong` tell of its delivery."""

    id: int
    side: str
    author: str
    text: str | None
    at: datetime
    attachments: tuple[str, ...]
    buttons: tuple[str, ...]
    pressed: bool
    status: str | None
    went_wrong: bool
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class Lookups:
    """What was looked up because of the message before."""

    cards: tuple[LookupCard, ...]
    kind: str = "lookups"


Item = DayLine | OwnerLine | Message | Lookups


def items_of(
    lines: Sequence[Json],
    lookups: Sequence[Json],
    deliveries: Deliveries,
    moves: Sequence[Json],
    customer: str,
    texts: Texts,
    now: datetime,
) -> list[Item]:
    """Return everything that happened, in order."""
    cards = defaultdict(list)
    for lookup in lookups:
        cards[lookup["transcript_id"]].append(card_of(lookup, texts, now))
    moved = {(move["at"], _owner_after(move["to_state"])): move for move in moves}
    items: list[Item] = []
    day: date | None = None
    for line in lines:
        today = line["at"].astimezone(HELSINKI).date()
        if today != day:
            day = today
            items.append(DayLine(today, texts.day(today, now)))
        items += _line_items(line, moved, deliveries, customer, texts)
        if line["id"] in cards:
            items.append(Lookups(tuple(cards[line["id"]])))
    return items


def _line_items(
    line: Json, moved: Mapping[tuple[datetime, str], Json], deliveries: Deliveries, customer: str, texts: Texts
) -> Iterable[Item]:
    owner = line["content"].get("owner")
    if owner is not None:
        yield OwnerLine(line["id"], _moved(line, moved.get((line["at"], owner)), texts), line["at"])
    elif line["text"] or line["content"].get("attachments"):
        yield _message(line, deliveries.get(line["id"], ()), customer, texts)


def _owner_after(state: HandoffState) -> str:
    return {HandoffState.WAITING: "waiting", HandoffState.CLAIMED: "human"}.get(state, "bot")


def _moved(line: Json, move: Json | None, texts: Texts) -> str:
    """Return a change of owner in words; the handoff's history row of the same moment knows why."""
    agent, owner = _agent(line, texts), line["content"]["owner"]
    note = move["note"] if move is not None else None
    match owner, move["to_state"] if move is not None else None:
        case "waiting", HandoffState.WAITING if note:
            return texts("moved_waiting_because", reason=texts.one_of("reason", note, texts("reason_unknown")))
        case "bot", HandoffState.RESOLVED:
            return texts("moved_resolved", agent=agent, outcome=outcome_in_words(note or "", texts))
        case "bot", HandoffState.RELEASED:
            return texts("moved_released", agent=agent)
    return texts(f"moved_{owner}", agent=agent)


def _agent(line: Json, texts: Texts) -> str:
    return agent_name(line["agent"]) if line["agent"] else texts("somebody")


def outcome_in_words(kept: str, texts: Texts) -> str:
    """Return an outcome as it is kept ("settled: note") in words."""
    code, _, note = kept.partition(": ")
    words = texts.one_of("outcome", code, code)
    return f"{words}. {note}" if note else words


def _message(line: Json, statuses: Sequence[DeliveryStatus], customer: str, texts: Texts) -> Message:
    author, content = line["author"], line["content"]
    sides = {Author.CUSTOMER: "customer", Author.BOT: "bot", Author.SYSTEM: "bot"}
    names = {Author.CUSTOMER: customer, Author.AGENT: _agent(line, texts)}
    status = overall(statuses)
    return Message(
        id=line["id"],
        side=sides.get(author, "agent"),
        author=names.get(author) or texts(f"author_{author}"),
        text=line["text"],
        at=line["at"],
        attachments=tuple(_attachment(item, texts) for item in content.get("attachments") or ()),
        buttons=tuple(button["title"] for button in content.get("buttons") or ()),
        pressed=bool(content.get("pressed")),
        status=texts(f"status_{status}") if status is not None else None,
        went_wrong=status in BAD,
    )


def _attachment(item: Json, texts: Texts) -> str:
    kind = texts.one_of("attachment", item.get("kind", ""), texts("attachment_other"))
    return f"{kind}: {item['name']}" if item.get("name") else kind


def overall(statuses: Sequence[DeliveryStatus]) -> DeliveryStatus | None:
    """Return the status of a message that went as several requests: what went wrong first, else the slowest."""
    wrong = [status for status in BAD if status in statuses]
    if wrong:
        return wrong[0]
    return min(statuses, key=lambda status: RECEIPT_RANK[status], default=None)
