"""Fitting a reply to what a channel can carry: what is too long is split, what is too much is re-laid, nothing is cut.

A reply becomes one or more replies, each of which is one request. Limits are counted in characters, for Instagram's
texts in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex  # type: ignore[import-untyped]

from bot.model import Button, Channel, Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request of a channel may hold. `text_with_buttons` is the text above buttons."""

    text: int
    text_with_buttons: int
    buttons: int
    choices: int
    button_title: int
    choice_title: int
    payload: int
    in_bytes: bool = False


MESSENGER = Limits(2000, 2000, 13, 13, 20, 20, 1000)
"""Text and quick replies (meta-platform 3.1). Quick replies go with a whole text, a template's buttons with 640."""
WHATSAPP = Limits(4096, 1024, 3, 10, 20, 24, 200)
"""Text, reply buttons and list (meta-platform 3.2). Choices are rows of a list; 200 is the shorter id of both."""

INSTAGRAM = Limits(1000, 1000, 13, 13, 20, 20, 1000, in_bytes=True)
"""As Messenger, but texts of at most 1000 bytes (meta-platform 3.1)."""

_BREAKS = ("\n\n", "\n", r"(?<=[.!?…])\s", r"\s")

LIMITS = {Channel.MESSENGER: MESSENGER, Channel.WHATSAPP: WHATSAPP, Channel.INSTAGRAM: INSTAGRAM}


def fit(reply: Reply, channel: Channel) -> list[Reply]:
    """Return the reply as parts that the channel takes, in the order in which they are to be sent."""
    limits = LIMITS[channel]
    parts: list[Reply] = [Reply(image=reply.image)] if reply.image else []
    if not reply.buttons:
        return parts + [Reply(text=piece) for piece in _pieces(reply.text or "", limits.text, limits)]
    spoken = [button for button in reply.buttons if button.url or len(button.payload or "") > limits.payload]
    taps = [button for button in reply.buttons if button not in spoken]
    text, taps = _spell_out_long_titles(reply.text or "", taps, limits)
    text = "\n".join([text, *(f"{button.title}: {button.url}" if button.url else button.title for button in spoken)])
    return parts + list(_with_buttons(text, taps, limits))


def _with_buttons(text: str, taps: Sequence[Button], limits: Limits) -> Iterator[Reply]:
    groups = [taps[start : start + limits.choices] for start in range(0, len(taps), limits.choices)] or [[]]
    pieces = _pieces(text, limits.text_with_buttons if taps else limits.text, limits)
    for piece in pieces[:-1]:
        yield Reply(text=piece)
    yield Reply(text=pieces[-1] if pieces else "…", buttons=tuple(groups[0]))
    for group in groups[1:]:
        yield Reply(text="…", buttons=tuple(group))


def _spell_out_long_titles(text: str, taps: Sequence[Button], limits: Limits) -> tuple[str, list[Button]]:
    """Number the choices when a title does not fit: the words go into the text, the numbers onto the buttons."""
    smallest = len(taps) % limits.choices or limits.choices  # the last group may be few enough for buttons
    room = limits.button_title if smallest <= limits.buttons else limits.choice_title
    if all(len(button.title) <= room for button in taps):
        return text, list(taps)
    lines = [f"{number}. {button.title}" for number, button in enumerate(taps, 1)]
    numbered = [replace(b, title=str(number), payload=b.payload or b.title) for number, b in enumerate(taps, 1)]
    return "\n".join([text, *lines]), numbered


def _pieces(text: str, most: int, limits: Limits) -> list[str]:
    return split(text, most, in_bytes=limits.in_bytes)


def split(text: str, most: int, in_bytes: bool = False) -> list[str]:
    """Split a text into pieces of at most `most` characters or bytes, at the best break there is.

    Joined with a space where the break was, the pieces hold every visible character of the text.
    """
    text, pieces = text.strip(), []
    while (room := _room(text, most, in_bytes)) < len(text):
        cut = _best_cut(text, room)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _room(text: str, most: int, in_bytes: bool) -> int:
    """Return how many characters of the text fit."""
    return len(text.encode()[:most].decode(errors="ignore")) if in_bytes else min(most, len(text))


def _best_cut(text: str, most: int) -> int:
    for pattern in _BREAKS:
        cuts = [match.end() for match in re.finditer(pattern, text[: most + 1]) if 0 < match.start() <= most]
        if cuts and cuts[-1] >= most // 3:
            return cuts[-1]
    signs = [match.end() for match in regex.finditer(r"\X", text[: most + 1]) if match.end() <= most]
    return signs[-1] if signs else most  # a family emoji is several characters: not torn apart
