"""What every page of the desk works with, and how pages are rendered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.desk.attempts import Attempts
from bot.desk.browsers import Browsers
from bot.desk.names import agent_name
from bot.desk.texts import Texts
from bot.desk.words import NAMES
from bot.dialogue.voice import Voice
from bot.errors import AspaError
from bot.store.agents import SignedIn

PIECE = "X-Piece"
"""Set by the page's own script: which piece of the page it wants, or that it wants JSON for an answer."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that are made once, when the process starts."""

    database: AsyncEngine
    clock: Clock
    voice: Voice
    attempts: Attempts
    browsers: Browsers
    password_checks: asyncio.Semaphore


DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
TEXTS: web.RequestKey[Texts] = web.RequestKey("texts", Texts)
AGENT: web.RequestKey[SignedIn] = web.RequestKey("agent", SignedIn)


class Refused(AspaError):
    """A request that is not carried out: `key` names the text that says why and what to do."""

    def __init__(self, status: int, key: str, title: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.status, self.key, self.title, self.values = status, key, title, values


def page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """Render a template with what every page needs."""
    agent = request.get(AGENT)
    common = {
        "t": request[TEXTS],
        "languages": NAMES,
        "agent": agent,
        "agent_name": agent_name(agent.name) if agent is not None else None,
        "csrf": agent.csrf if agent is not None else None,
        "now": request.app[DESK].clock(),
    }
    response = aiohttp_jinja2.render_template(template, request, {**common, **values}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_https(request: web.Request) -> bool:
    """Tell whether the browser speaks https, to us or to the proxy in front of us."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "") == "https"


def keep_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, seconds: int | None = None
) -> None:
    """Set a cookie that no script and no other site can use; without `seconds` it ends with the browser."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Strict", secure=is_https(request), path="/"
    )
