"""Reading requests of the control API; refusals are {"error": "..."} with 400, 404 or 409."""

import json
from collections.abc import Callable, Mapping

from aiohttp import web

from bot.simulator.errors import Json
from bot.simulator.feed import Feed

MAX_WAIT = 60.0


def matches(request: web.Request, entry: Json, keys: tuple[str, ...]) -> bool:
    """Whether an entry has the values that the query asks for."""
    return all(request.query[key] == str(entry.get(key)) for key in keys if key in request.query)


async def log_answer(request: web.Request, feed: Feed[Json], name: str, wanted: Callable[[Json], bool]) -> web.Response:
    """Numbered entries above ?after, waiting ?wait seconds until there are ?count of them."""
    after, count = number(request.query, "after"), number(request.query, "count", 1)
    found = await feed.wait(after, seconds(request.query), wanted, count)
    last = found[-1][0] if found else after
    return web.json_response({name: [{"n": n, **entry} for n, entry in found], "next": last, "last": feed.last})


async def json_of(request: web.Request) -> Json:
    """The JSON object in the body; an empty body is an empty object."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise refuse(400, "not JSON") from None
    if not isinstance(body, dict):
        raise refuse(400, "expected a JSON object")
    return body


def number(query: Mapping[str, str], key: str, otherwise: int = 0) -> int:
    """A whole number out of the query."""
    text = query.get(key, str(otherwise))
    if not text.isdecimal():
        raise refuse(400, f"{key} must be a whole number")
    return int(text)


def seconds(query: Mapping[str, str]) -> float:
    """How long the caller is ready to wait."""
    try:
        return min(max(float(query.get("wait", 0)), 0.0), MAX_WAIT)
    except ValueError:
        raise refuse(400, "wait must be a number of seconds") from None


def refuse(status: int, why: str) -> web.HTTPException:
    """The answer to a request that makes no sense."""
    kinds: dict[int, type[web.HTTPException]] = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 409: web.HTTPConflict}
    return kinds[status](text=json.dumps({"error": why}), content_type="application/json")
