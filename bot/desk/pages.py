"""The desk's page: whole for the first paint, in pieces for its own script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.desk.context import DESK, PIECE, TEXTS, keep_cookie, page
from bot.desk.guard import YEAR_SECONDS
from bot.desk.view import SHELF_COOKIE, read_conversation, read_queue, shelf_wanted
from bot.store.desk import Shelf

PANES = ("queue", "conversation", "packet")
TEMPLATES = {"queue": "queue.html", "desk": "main.html"}
DONE = ("take", "reply", "masked", "resolve", "give_back")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an agent tried and could not do: the words that say so, and what he had typed."""

    error: str
    text: str = ""
    note: str = ""


async def show(request: web.Request) -> web.StreamResponse:
    """Show the desk, with the conversation that the address names."""
    number = request.match_info.get("number")
    return await desk_page(request, int(number) if number is not None else None)


async def desk_page(
    request: web.Request, conversation_id: int | None, status: int = 200, attempt: Attempt | None = None
) -> web.Response:
    """Render the desk, or the piece of it that the page's script asks for."""
    shelf = shelf_wanted(request)
    async with request.app[DESK].database.connect() as connection:
        queue = await read_queue(connection, request, shelf)
        is_open = conversation_id is not None and request.headers.get(PIECE) != "queue"
        opened = await read_conversation(connection, request, conversation_id or 0) if is_open else None
    values: dict[str, Any] = {
        "queue": queue,
        "shelves": tuple(Shelf),
        "opened": opened,
        "opened_id": conversation_id,
        "pane": _pane(request, conversation_id),
        "attempt": attempt,
        "done": _done(request),
    }
    response = page(request, TEMPLATES.get(request.headers.get(PIECE, ""), "desk.html"), status, **values)
    if "shelf" in request.query:
        keep_cookie(request, response, SHELF_COOKIE, shelf, YEAR_SECONDS)
    return response


def _pane(request: web.Request, conversation_id: int | None) -> str:
    """Return the pane that a narrow screen shows."""
    if conversation_id is None:
        return "queue"
    wanted = request.query.get("pane", "")
    return wanted if wanted in PANES else "conversation"


def _done(request: web.Request) -> str | None:
    done = request.query.get("done")
    return request[TEXTS](f"done_{done}") if done in DONE else None
