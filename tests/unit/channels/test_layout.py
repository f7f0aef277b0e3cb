"""Fitting replies to channels: within every limit, and nothing that can be seen is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.layout import LIMITS, fit, split
from bot.model import Button, Channel, Reply

MESSENGER, WHATSAPP, INSTAGRAM = Channel.MESSENGER, Channel.WHATSAPP, Channel.INSTAGRAM
CHANNELS = pytest.mark.parametrize("channel", list(Channel))
FAMILY = "👩‍👩‍👧‍👦"
TEXT_LIMITS = {MESSENGER: 2000, WHATSAPP: 4096, INSTAGRAM: 1000}  # Instagram counts bytes
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab .\n🙂ä", max_size=6000)
TITLES = st.text(min_size=1, max_size=60).filter(str.strip)
PAYLOADS = st.none() | st.text(min_size=1, max_size=1200)
LINKS = st.builds(Button, TITLES, st.none(), st.just("https://revontuli.example/kuitu"))
BUTTONS = st.lists(st.builds(Button, TITLES, PAYLOADS) | LINKS, max_size=24).map(tuple)


def size(text: str, channel: Channel) -> int:
    return len(text.encode()) if channel is INSTAGRAM else len(text)


def visible(text: str) -> Counter[str]:
    return Counter(text) - Counter({sign: len(text) for sign in text if sign.isspace()})


@CHANNELS
@given(text=TEXTS, buttons=BUTTONS, image=st.none() | st.just("https://cdn.example/a.png"))
@example(text="Valitse", buttons=tuple(Button("t" * 24, f"/{n}") for n in range(11)), image=None)
@example(text="", buttons=(), image=None)
@example(text=" ", buttons=(Button("a", "/a"),), image=None)
def test_every_part_is_within_the_limits(
    channel: Channel, text: str, buttons: tuple[Button, ...], image: str | None
) -> None:
    limits = LIMITS[channel]
    for part in fit(Reply(text, buttons, image), channel):
        if part.image:
            assert part == Reply(image=image)
            continue
        assert part.text
        assert part.text.strip()
        most = 1024 if channel is WHATSAPP and part.buttons else TEXT_LIMITS[channel]
        assert size(part.text, channel) <= most
        assert len(part.buttons) <= (10 if channel is WHATSAPP else 13)
        room = 24 if channel is WHATSAPP and len(part.buttons) > 3 else 20
        assert all(len(button.title) <= room for button in part.buttons)
        assert all(button.url is None and len(button.payload or "") <= limits.payload for button in part.buttons)


@CHANNELS
@given(text=TEXTS, buttons=BUTTONS)
def test_nothing_that_can_be_seen_is_lost(channel: Channel, text: str, buttons: tuple[Button, ...]) -> None:
    parts = fit(Reply(text, buttons), channel)
    shown = visible("".join((part.text or "") + "".join(b.title for b in part.buttons) for part in parts))
    asked = visible(text + "".join(button.title + (button.url or "") for button in buttons))
    assert not asked - shown


@CHANNELS
@given(buttons=st.lists(st.builds(Button, TITLES, st.text("/ab", min_size=1, max_size=200)), max_size=30).map(tuple))
def test_every_button_keeps_its_meaning_and_its_place(channel: Channel, buttons: tuple[Button, ...]) -> None:
    pressed = [button.payload for part in fit(Reply("?", buttons), channel) for button in part.buttons]
    assert pressed == [button.payload for button in buttons]


@given(TEXTS, st.integers(1, 50), st.booleans())
def test_a_split_text_is_the_text(text: str, most: int, in_bytes: bool) -> None:
    most = max(most, 4)  # one character has up to four bytes
    pieces = split(text, most, in_bytes)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < (len(piece.encode()) if in_bytes else len(piece)) <= most for piece in pieces)


CUTS = {
    "paragraphs first": ("Eka asia. Se jatkuu.\n\nToka asia.", 30, ["Eka asia. Se jatkuu.", "Toka asia."]),
    "then sentences": ("Netti on poikki. Korjaus kestää.", 20, ["Netti on poikki.", "Korjaus kestää."]),
    "then words": ("aamupäivällä iltapäivällä", 20, ["aamupäivällä", "iltapäivällä"]),
    "then anywhere": ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
    "never inside an emoji": (FAMILY * 3, 10, [FAMILY] * 3),
    "unless it alone is too long": (FAMILY, 4, [FAMILY[:4], FAMILY[4:]]),
    "fits exactly": ("a" * 10, 10, ["a" * 10]),
    "a space at the limit": ("a" * 10 + " b", 10, ["a" * 10, "b"]),
    "nothing": ("", 10, []),
    "white space only": (" \n ", 10, []),
}


@pytest.mark.parametrize(("text", "most", "pieces"), CUTS.values(), ids=CUTS)
def test_cuts_are_where_a_reader_would_make_them(text: str, most: int, pieces: list[str]) -> None:
    assert split(text, most) == pieces


def test_bytes_are_counted_where_the_channel_counts_them() -> None:
    assert [len(piece) for piece in split("ä" * 1200, 1000, in_bytes=True)] == [500, 500, 200]
    assert len(fit(Reply("ä" * 600), INSTAGRAM)) == 2
    assert len(fit(Reply("ä" * 600), MESSENGER)) == 1


def test_fourteen_buttons_are_two_messages() -> None:
    buttons = tuple(Button(f"Vaihtoehto {n}", f"/{n}") for n in range(14))
    assert [len(part.buttons) for part in fit(Reply("Mikä?", buttons), MESSENGER)] == [13, 1]
    assert [len(part.buttons) for part in fit(Reply("Mikä?", buttons), WHATSAPP)] == [10, 4]


def test_long_titles_are_numbered() -> None:
    buttons = (Button("Kuituliittymän rakentaminen", "/fibre"), Button("Muu asia", None))
    (part,) = fit(Reply("Mistä on kyse?", buttons), WHATSAPP)
    assert part.text == "Mistä on kyse?\n1. Kuituliittymän rakentaminen\n2. Muu asia"
    assert part.buttons == (Button("1", "/fibre"), Button("2", "Muu asia"))


def test_links_stand_in_the_text() -> None:
    link = Button("Kuuluvuuskartta", url="https://revontuli.example/kuuluvuus")
    (part,) = fit(Reply("Katso kartta.", (link, Button("Kiitos", "/thanks"))), WHATSAPP)
    assert part.text == "Katso kartta.\nKuuluvuuskartta: https://revontuli.example/kuuluvuus"
    assert part.buttons == (Button("Kiitos", "/thanks"),)


def test_a_payload_that_no_button_can_carry_leaves_its_words() -> None:
    (part,) = fit(Reply("Mikä?", (Button("Pitkä", "/x" * 101), Button("Muu", "/other"))), WHATSAPP)
    assert part == Reply("Mikä?\nPitkä", (Button("Muu", "/other"),))


def test_an_image_comes_before_its_words() -> None:
    image = "https://cdn.example/a.png"
    assert fit(Reply("Tässä", image=image), MESSENGER) == [Reply(image=image), Reply("Tässä")]


@CHANNELS
def test_nothing_said_is_nothing_sent(channel: Channel) -> None:
    assert fit(Reply(), channel) == []
    assert fit(Reply(" "), channel) == []
