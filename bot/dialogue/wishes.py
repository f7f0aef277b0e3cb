"""From bubbles to wishes: what a customer writes in pieces is put together, two questions in one are taken apart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Parsed = dict[str, Any]
Parse = Callable[[str], Awaitable[Parsed]]

_BREAK = re.compile(r"(?<=[.!?…])\s+|\n+|,?\s+(?:ja|sekä|och|samt|and)\s+", re.IGNORECASE)
NOT_WISHES = frozenset(
    "greet goodbye thank affirm deny inform praise complain out_of_scope nlu_fallback change_language".split()
)
"""Beside a wish these are manners or details of it, never a second wish."""
SURE = 0.5
AMONG = 4
MOST_WISHES = 3
MOST_PIECES = 8


async def find_wishes(bubbles: Sequence[str], parse: Parse) -> list[Parsed]:
    """Return what is to be answered, in order: usually one parse of everything, of several questions one for each.

    A message is taken apart only when two pieces are each surely understood as different wishes and the whole
    message looks like both; otherwise the whole is understood at once.
    """
    whole = await parse("\n".join(bubbles))
    pieces = [piece.strip() for bubble in bubbles for piece in _BREAK.split(bubble) if piece.strip()]
    if not 1 < len(pieces) <= MOST_PIECES:
        return [whole]
    parsed = [await parse(piece) for piece in pieces]
    groups = _group(parsed)
    if len(groups) < 2:
        return [_best_single(whole, groups)]
    candidates = {entry["name"] for entry in whole["intent_ranking"][:AMONG]}
    if not all(group[0]["intent"]["name"] in candidates for group in groups):
        return [whole]
    return [_join(group) for group in groups[:MOST_WISHES]]


def _group(parsed: Sequence[Parsed]) -> list[list[Parsed]]:
    """Put each sure wish at the head of a group; details before the first and behind each go with it."""
    groups: list[list[Parsed]] = []
    before: list[Parsed] = []
    for piece in parsed:
        if not _is_wish(piece):
            (groups[-1] if groups else before).append(piece)
        elif groups and groups[-1][0]["intent"]["name"] == piece["intent"]["name"]:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    if groups:
        groups[0] += before
    return groups


def _is_wish(piece: Parsed) -> bool:
    return piece["intent"]["name"] not in NOT_WISHES and piece["intent"]["confidence"] >= SURE


def _best_single(whole: Parsed, groups: Sequence[list[Parsed]]) -> Parsed:
    """Prefer the understanding of the whole; where it has none and one piece does, take that piece's."""
    if groups and whole["intent"]["name"] in NOT_WISHES:
        best = groups[0][0]
        return {**whole, "intent": best["intent"], "intent_ranking": best["intent_ranking"]}
    return whole


def _join(group: Sequence[Parsed]) -> Parsed:
    """Return one parse of the pieces of a wish, its entities where they stand in the joined text."""
    text, entities = "", []
    for piece in group:
        start = len(text) + 1 if text else 0
        text = f"{text} {piece['text']}" if text else piece["text"]
        entities += [{**e, "start": e["start"] + start, "end": e["end"] + start} for e in piece["entities"]]
    return {**group[0], "text": text, "entities": entities}
