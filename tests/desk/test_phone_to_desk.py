"""In a real browser: the phone, the bot, the handoff, the desk, an agent's reply, and the phone again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import ROOT
from bot.desk.app import make_app
from bot.dialogue.engine import Engine, load_engine
from bot.model import Role
from bot.passwords import hash_password
from bot.store.agents import add_agent
from tests.conftest import NOW
from tests.scenarios.product import Product, free_port, running_product

PASSWORD = "oikea hevonen niitti"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SECONDS = 20_000.0


@pytest.fixture
async def product(
    database: AsyncEngine, database_url_object: URL, model_path: Path, demo_backend: URL
) -> AsyncIterator[Product]:
    engine: Engine = load_engine(model_path, ROOT)
    async with running_product(database, database_url_object, engine, lambda: NOW) as running:
        yield running


@pytest.fixture
async def desk(product: Product) -> AsyncIterator[str]:
    """The address of a desk with one agent."""
    async with product.database.begin() as connection:
        await add_agent(connection, "aino", Role.AGENT, hash_password(PASSWORD))
    runner = web.AppRunner(make_app(product.settings, product.database, product.url, lambda: NOW), access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    kept = ROOT / ".tools" / "chromium"
    path = kept.read_text() if kept.exists() else ""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path or None, args=FLAGS)
        yield opened
        await opened.close()


async def test_from_the_phone_to_the_desk_and_back(product: Product, desk: str, browser: Browser) -> None:
    phone = await _page(browser, f"{product.settings.graph_api_url}/?lang=fi")
    messenger = phone.locator('section[data-phone="messenger"]')
    await _write(messenger, "onks tampereella netti poikki")
    await expect(messenger).to_contain_text("Arvioimme", timeout=SECONDS)
    await _write(messenger, "haluun puhua ihmiselle")
    await expect(messenger).to_contain_text("jono", timeout=SECONDS)

    agent = await _page(browser, f"{desk}/sign-in?lang=fi")
    await agent.fill("#name", "aino")
    await agent.fill("#password", PASSWORD)
    await agent.click("#sign-in button")
    waiting = agent.locator('a[id^="open-"]').first
    await expect(waiting).to_be_visible(timeout=SECONDS)
    await waiting.click()
    await expect(agent.locator("#wish")).to_be_visible(timeout=SECONDS)
    await expect(agent.locator("#facts")).to_contain_text("Tampere")
    await expect(agent.locator("#lines")).to_contain_text("onks tampereella netti poikki")
    await agent.click("#take")
    await expect(messenger).to_contain_text("Aino", timeout=SECONDS)

    await agent.fill("#composer textarea", "Hei, katson asiaa heti.")
    await agent.keyboard.press("Control+Enter")
    await expect(messenger).to_contain_text("Hei, katson asiaa heti.", timeout=SECONDS)
    await _write(messenger, "kiitos paljon")
    await expect(agent.locator("#lines")).to_contain_text("kiitos paljon", timeout=SECONDS)

    await agent.click("#give-back")
    await expect(messenger).to_contain_text("botti", timeout=SECONDS)
    await _write(messenger, "mihin asti ootte auki")
    await expect(messenger).to_contain_text("la 10–16", timeout=SECONDS)


async def _page(browser: Browser, url: str) -> Page:
    context = await browser.new_context(locale="fi-FI", viewport={"width": 1400, "height": 1000})
    page = await context.new_page()
    await page.goto(url)
    return page


async def _write(phone: Locator, text: str) -> None:
    field = phone.locator("textarea")
    await field.fill(text)
    await field.press("Enter")
