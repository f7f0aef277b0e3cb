"""What an agent does: take, reply, resolve, give back. Each is one transaction; the loser is told who was first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import handoff
from bot.desk.context import AGENT, DESK, PIECE, TEXTS, Refused
from bot.desk.names import agent_name
from bot.desk.pages import Attempt, desk_page
from bot.errors import Conflict
from bot.model import Owner
from bot.privacy import mask, storable
from bot.store import desk as reads

MOST_REPLY, MOST_NOTE = 4000, 500
OUTCOMES = ("settled", "directed", "no_reply", "other")

Deed = Callable[[AsyncConnection], Awaitable[None]]


async def take(request: web.Request) -> web.StreamResponse:
    """Claim a waiting conversation; exactly one of several agents gets it."""
    desk, agent, number = request.app[DESK], request[AGENT], _number(request)

    async def deed(connection: AsyncConnection) -> None:
        await handoff.claim(connection, number, agent.id, agent_name(agent.name), desk.voice, desk.clock())

    return await _carry_out(request, deed, f"/conversations/{number}?shelf=mine", "take")


async def reply(request: web.Request) -> web.StreamResponse:
    """Send the agent's words, without the personal codes that may be in them."""
    desk, agent, number = request.app[DESK], request[AGENT], _number(request)
    typed = await _field(request, "text")
    if not typed or len(typed) > MOST_REPLY:
        key = "reply_long" if typed else "reply_empty"
        return await _refuse(request, Refused(422, key, length=len(typed), most=MOST_REPLY))
    text, found = mask(typed)

    async def deed(connection: AsyncConnection) -> None:
        await handoff.reply(connection, number, agent.id, text, desk.clock())

    return await _carry_out(request, deed, f"/conversations/{number}", "masked" if found else "reply")


async def resolve(request: web.Request) -> web.StreamResponse:
    """Settle a conversation with an outcome and, if the agent wrote one, a note."""
    desk, agent, number = request.app[DESK], request[AGENT], _number(request)
    outcome, note = await _field(request, "outcome"), mask((await _field(request, "note"))[:MOST_NOTE])[0]
    if outcome not in OUTCOMES:
        return await _refuse(request, Refused(422, "outcome_missing"))

    async def deed(connection: AsyncConnection) -> None:
        kept = f"{outcome}: {note}" if note else outcome
        await handoff.resolve(connection, number, agent.id, kept, desk.clock())

    return await _carry_out(request, deed, "/", "resolve")


async def give_back(request: web.Request) -> web.StreamResponse:
    """Give a conversation back to the bot."""
    desk, agent, number = request.app[DESK], request[AGENT], _number(request)

    async def deed(connection: AsyncConnection) -> None:
        await handoff.give_back(connection, number, agent.id, desk.voice, desk.clock())

    return await _carry_out(request, deed, "/", "give_back")


async def _carry_out(request: web.Request, deed: Deed, go: str, done: str) -> web.StreamResponse:
    try:
        async with request.app[DESK].database.begin() as connection:
            await deed(connection)
    except Conflict:
        return await _refuse(request, await _who_has_it(request))
    if PIECE in request.headers:
        return web.json_response({"go": go, "notice": request[TEXTS](f"done_{done}"), "calm": done != "masked"})
    raise web.HTTPSeeOther(f"{go}{'&' if '?' in go else '?'}done={done}")


async def _who_has_it(request: web.Request) -> Refused:
    """Return in words who was first."""
    async with request.app[DESK].database.connect() as connection:
        head = await reads.head(connection, _number(request))
    if head is None:
        return Refused(404, "trouble_404")
    if head.owner is Owner.HUMAN:
        is_own = head.agent_id == request[AGENT].id
        return Refused(409, "taken_by_you" if is_own else "taken_by", agent=agent_name(head.agent or ""))
    return Refused(409, f"taken_{head.owner}")


async def _refuse(request: web.Request, error: Refused) -> web.StreamResponse:
    """Say why not; without the page's script the page comes again with what was typed."""
    if PIECE in request.headers or error.status == 404:
        raise error
    words = request[TEXTS](error.key, **error.values)
    typed = Attempt(words, await _field(request, "text"), await _field(request, "note"))
    return await desk_page(request, _number(request), error.status, typed)


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])


async def _field(request: web.Request, name: str) -> str:
    """Return a field of the form as it can be kept: lines end in one character, no NUL."""
    value = (await request.post()).get(name, "")
    return storable(value.replace("\r\n", "\n")).strip() if isinstance(value, str) else ""
