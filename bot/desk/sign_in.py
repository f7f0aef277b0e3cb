"""Signing in and out."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import timedelta

from aiohttp import web

from bot.desk.context import DESK, TEXTS, keep_cookie, page
from bot.desk.guard import SESSION_COOKIE, is_same, token_hash, who
from bot.passwords import is_password
from bot.store import agents

FORM_COOKIE = "aspa_form"
SESSION = timedelta(hours=12)
MOST_NAME, MOST_PASSWORD = 100, 256
OWN_PATH = re.compile(r"/(?:conversations/\d{1,18})?")


async def show(request: web.Request) -> web.StreamResponse:
    """Show the form; who is signed in goes to the desk."""
    if await who(request) is not None:
        raise web.HTTPSeeOther("/")
    return _form(request, note="signed_out" if "out" in request.query else None)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Check name and password and begin a session."""
    form = await request.post()
    name, password = str(form.get("name", "")).strip(), str(form.get("password", ""))
    address, desk = request.remote or "", request.app[DESK]
    if not is_same(str(form.get("csrf", "")), request.cookies.get(FORM_COOKIE, "")):
        return _form(request, 403, error=request[TEXTS]("trouble_csrf"), name=name[:MOST_NAME])
    if not name or not password or len(name) > MOST_NAME or len(password) > MOST_PASSWORD:
        key = "sign_in_wrong" if name and password else "sign_in_empty"
        return _form(request, 422, error=request[TEXTS](key), name=name[:MOST_NAME])
    wait = desk.attempts.begin(name, address)
    if wait is not None:
        return _too_often(request, wait, name)
    agent_id = await _check(request, name, password)
    if agent_id is None:
        return _form(request, 401, error=request[TEXTS]("sign_in_wrong"), name=name)
    desk.attempts.succeeded(name, address)
    return await _begin(request, agent_id)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    async with request.app[DESK].database.begin() as connection:
        await agents.end_session(connection, token_hash(request.cookies[SESSION_COOKIE]))
    response = web.HTTPSeeOther("/sign-in?out")
    response.del_cookie(SESSION_COOKIE, path="/")
    raise response


async def _check(request: web.Request, name: str, password: str) -> int | None:
    """Return the agent's number when the password is his."""
    async with request.app[DESK].database.connect() as connection:
        found = await agents.find_agent(connection, name.replace("\x00", ""))
    hashed = found[1] if found is not None else None
    async with request.app[DESK].password_checks:
        is_his = await asyncio.to_thread(is_password, hashed, password)
    return found[0] if found is not None and is_his else None


async def _begin(request: web.Request, agent_id: int) -> web.StreamResponse:
    token, desk = secrets.token_urlsafe(32), request.app[DESK]
    now = desk.clock()
    async with desk.database.begin() as connection:
        await agents.forget_old_sessions(connection, now)
        await agents.start_session(connection, agent_id, token_hash(token), secrets.token_urlsafe(24), now + SESSION)
    response = web.HTTPSeeOther(_next(request))
    keep_cookie(request, response, SESSION_COOKIE, token, int(SESSION.total_seconds()))
    response.del_cookie(FORM_COOKIE, path="/")
    raise response


def _next(request: web.Request) -> str:
    wanted = request.query.get("next", "/")
    return wanted if OWN_PATH.fullmatch(wanted) else "/"


def _too_often(request: web.Request, wait: timedelta, name: str) -> web.Response:
    words = request[TEXTS]("sign_in_often", wait=request[TEXTS].span(wait + timedelta(seconds=59)))
    response = _form(request, 429, error=words, name=name)
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _form(
    request: web.Request, status: int = 200, error: str | None = None, note: str | None = None, name: str = ""
) -> web.Response:
    token = secrets.token_urlsafe(24)
    next_path = _next(request)
    response = page(
        request, "sign_in.html", status, error=error, note=note, name=name, token=token, next_path=next_path
    )
    keep_cookie(request, response, FORM_COOKIE, token)
    return response
