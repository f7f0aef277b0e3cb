"""Takes the pictures of docs/pictures from a running demo: `make demo` in one window, this in another.

Two made-up customers write on the simulator's phones, the agent Aino takes one of them at the desk and answers; then
both pages are photographed, light and dark, wide and narrow. Nothing is started and nothing else is changed. Ports
and the password come from the environment or from .aspa/demo.env.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from dotenv import dotenv_values
from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, Error, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SETTINGS = {**dotenv_values(ROOT / ".aspa" / "demo.env"), **os.environ}
PHONES = f"http://127.0.0.1:{SETTINGS.get('BOT_SIMULATOR_PORT', '8082')}"
DESK = f"http://127.0.0.1:{SETTINGS.get('BOT_DESK_PORT', '8081')}"
WIDE, NARROW, TALL, PHONE = (1360, 820), (390, 844), (1240, 960), (1440, 1000)
COLOURS = 200
"""Of the palette that keeps a picture under 200 kB."""
QUIET_SECONDS = 2
"""The bot has said all when it says nothing more for so long."""

KAISA = ("onko tampereella netissä vikaa, postinumero on 33100", "kauanko siin viel menee", "saisko ihmisen kiitos")
MIKAEL = ("Hej, var är mitt paket?", "RT-10012")
ANSWER = "Hei Kaisa. Asentajat ovat nyt kaapelilla. Kirjoitan sinulle tähän, kun yhteys toimii taas."


def main() -> None:
    """Hold the conversations, then take every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, chromium(playwright) as browser:
        api = playwright.request.new_context()
        mikael = write(api, "messenger", "Mikael Lind", MIKAEL)
        kaisa = write(api, "whatsapp", "Kaisa Niemi", KAISA)  # Messenger's webhooks carry no names
        phones = f"{PHONES}/?{urlencode({'lang': 'fi', 'messenger': mikael, 'whatsapp': kaisa})}"
        conversation = answer_at_the_desk(browser, "Kaisa Niemi")
        hear(api, kaisa, 0)
        take_all(browser, phones, conversation)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Open Playwright's own Chromium, or the one that the machine has."""
    try:
        browser = playwright.chromium.launch()
    except Error:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield browser
    browser.close()


def write(api: APIRequestContext, channel: str, name: str, texts: tuple[str, ...]) -> str:
    """Let a new customer write, each message after the answer to the one before; return his number."""
    made = api.post(f"{PHONES}/simulator/contacts", data={"channel": channel, "name": name})
    customer = str(made.json()["id"])
    for text in texts:
        sent = api.post(f"{PHONES}/simulator/contacts/{customer}/messages", data={"text": text})
        hear(api, customer, sent.json()["n"])
    return customer


def hear(api: APIRequestContext, customer: str, after: int) -> None:
    """Wait for the answer, and until no more comes."""
    wait = 20
    while True:
        query = {"after": after, "from": "business", "wait": wait, "count": 1}
        heard = api.get(f"{PHONES}/simulator/contacts/{customer}/chat", params=query).json()
        if not heard["messages"]:
            return
        after, wait = heard["next"], QUIET_SECONDS


def answer_at_the_desk(browser: Browser, name: str) -> str:
    """Take the customer's conversation as Aino and answer it; return its address."""
    page = desk_page(browser, "light", WIDE)
    page.goto(f"{DESK}/?shelf=waiting")
    page.locator("#rows a", has_text=name).last.click()
    page.locator("#take").click()
    page.locator("#composer textarea").fill(ANSWER)
    page.locator("#send").click()
    page.locator("#lines").get_by_text(ANSWER).wait_for()
    address = page.url.split("?")[0]
    page.context.close()
    return address


def desk_page(browser: Browser, theme: Any, size: tuple[int, int]) -> Page:
    """Open a browser that is signed in as Aino."""
    page = new_page(browser, theme, size)
    page.goto(f"{DESK}/sign-in?lang=fi")
    page.locator("#name").fill("aino")
    page.locator("#password").fill(SETTINGS["BOT_DEMO_PASSWORD"] or "")
    page.locator("#sign-in button").click()
    page.locator("#queue").wait_for()
    return page


def new_page(browser: Browser, theme: Any, size: tuple[int, int]) -> Page:
    """Open a browser of its own, in Finnish, with nothing that moves."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="fi-FI",
        timezone_id="Europe/Helsinki",
    )
    return context.new_page()


def take_all(browser: Browser, phones: str, conversation: str) -> None:
    """Take the pictures, one a name."""
    for theme in ("light", "dark"):
        save(f"simulator-{theme}", simulator(browser, phones, theme, WIDE))
        save(f"desk-{theme}", desk(browser, conversation, theme, WIDE))
    save("simulator-narrow-light", simulator(browser, phones, "light", NARROW, at=".phone.whatsapp"))
    save("desk-narrow-light", desk(browser, conversation, "light", NARROW))
    save("desk-narrow-dark", desk(browser, f"{conversation}?pane=packet", "dark", NARROW))
    beside = desk(browser, conversation, "light", TALL)
    save("overview", side_by_side(browser, one_phone(browser, phones), beside))


def simulator(browser: Browser, address: str, theme: str, size: tuple[int, int], at: str = "body") -> bytes:
    """Photograph the phones' page, beginning at an element."""
    page = open_phones(browser, address, theme, size)
    page.locator(at).evaluate("element => element.scrollIntoView()")
    return shot(page)


def one_phone(browser: Browser, address: str) -> bytes:
    """Photograph the WhatsApp phone alone, from the first message on."""
    page = open_phones(browser, address, "light", PHONE)
    page.locator(".whatsapp .screen").evaluate("element => element.scrollTop = 0")
    picture = page.locator(".phone.whatsapp").screenshot()
    page.context.close()
    return picture


def open_phones(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> Page:
    """Open the phones' page with the passwords covered."""
    page = new_page(browser, theme, size)
    page.goto(address)
    passwords = page.locator(".sign-ins td:nth-child(2) code")
    passwords.evaluate_all("cells => cells.forEach(cell => cell.textContent = '••••••••')")
    page.evaluate("document.querySelectorAll('.screen').forEach(e => e.scrollTop = e.scrollHeight)")
    return page


def desk(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> bytes:
    """Photograph the desk."""
    page = desk_page(browser, theme, size)
    page.goto(address)
    page.locator("#talk").evaluate("element => element.scrollTop = element.scrollHeight")
    return shot(page)


def shot(page: Page) -> bytes:
    """Photograph what the window shows, fonts and all, and close it."""
    page.evaluate("document.fonts.ready")
    picture = page.screenshot()
    page.context.close()
    return picture


def side_by_side(browser: Browser, *pictures: bytes) -> bytes:
    """Put pictures next to each other on a quiet ground, all of one height."""
    page = new_page(browser, "light", (1640, 840))
    sources = [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in pictures]
    images = "".join(f'<img src="{source}">' for source in sources)
    style = "body{margin:0;padding:24px;background:#e8ecf1;display:flex;gap:24px;width:max-content}"
    style += "img{height:760px;border-radius:12px;box-shadow:0 1px 6px #0003}"
    page.set_content(f"<!doctype html><style>{style}</style>{images}", wait_until="load")
    picture = page.locator("body").screenshot()
    page.context.close()
    return picture


def save(name: str, picture: bytes) -> None:
    """Keep a picture as a small PNG with a palette."""
    path = PICTURES / f"{name}.png"
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {image.width} x {image.height}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
