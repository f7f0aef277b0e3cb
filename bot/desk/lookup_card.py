"""A look-up as an agent reads it. Sources that the desk does not know are shown as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.desk.texts import Texts, parse_moment
from bot.model import Json

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class LookupCard:
    """One look-up in words: what was asked, what came back, when."""

    id: int
    title: str
    lines: tuple[str, ...]
    ok: bool
    at: datetime


def card_of(lookup: Json, texts: Texts, now: datetime) -> LookupCard:
    """Return a look-up of the store in words."""
    source, query = lookup["source"], lookup["query"]
    title = _title(source, query, texts)
    if not lookup["ok"]:
        lines = [texts("lookup_failed")]
    elif lookup["result"] is None:
        lines = [texts("lookup_nothing")]
    else:
        lines = _lines(source, lookup["result"], texts, now)
    return LookupCard(lookup["id"], title, tuple(lines[:MOST_LINES]), lookup["ok"], lookup["at"])


def _title(source: str, query: Json, texts: Texts) -> str:
    named = {"service": lambda value: texts.one_of("service", value, value)}
    what = ", ".join(named.get(key, str)(value) for key, value in query.items() if value)
    known = texts.one_of("lookup", source, "")
    return known.format(what=what) if known else f"{source}: {what}"


def _lines(source: str, result: Json, texts: Texts, now: datetime) -> list[str]:
    """Return the result in words; one of another shape than ours is listed field by field."""
    try:
        if source == "areas":
            found = " ".join(filter(None, (result["postal_code"], result["municipality"])))
            return [texts("lookup_recognised", what=found)]
        if source == "outages":
            return [_outage(outage, texts, now) for outage in result["outages"]] or [texts("lookup_no_outages")]
        if source == "orders":
            return [_order(result, texts, now)]
    except (KeyError, TypeError, ValueError):
        pass
    return [f"{key}: {value}" for key, value in result.items() if isinstance(value, str | int | float)]


def _outage(outage: Json, texts: Texts, now: datetime) -> str:
    kind = texts.one_of("kind", outage["kind"], outage["kind"])
    parts = [
        texts.one_of("service", outage["service"], outage["service"]),
        texts.one_of("state", outage["state"], outage["state"]),
        texts("lookup_since", at=texts.moment(parse_moment(outage["started_at"]), now)),
    ]
    if outage.get("end"):
        word = "lookup_ended" if outage["state"] == "fixed" else "lookup_until"
        parts.append(texts(word, at=texts.moment(parse_moment(outage["end"]), now)))
    return f"{kind}: {', '.join(parts)}"


def _order(order: Json, texts: Texts, now: datetime) -> str:
    parts: list[Any] = [texts.one_of("order", order["state"], order["state"]), order.get("carrier")]
    if order.get("expected_on"):
        parts.append(texts("lookup_expected", day=texts.short_day(date.fromisoformat(order["expected_on"]))))
    if order.get("changed_at"):
        parts.append(texts("lookup_changed", at=texts.moment(parse_moment(order["changed_at"]), now)))
    return ", ".join(part for part in parts if part)
