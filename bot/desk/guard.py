"""Before and after every page: headers, language, session, role, the token of forms, and errors in words."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import SQLAlchemyError

from bot.desk.context import AGENT, DESK, PIECE, TEXTS, Refused, keep_cookie, page
from bot.desk.texts import Texts, preferred_language
from bot.logs import describe
from bot.model import LANGUAGES, Role
from bot.store import agents

SESSION_COOKIE, LANGUAGE_COOKIE = "aspa_session", "aspa_language"
YEAR_SECONDS = 365 * 24 * 3600
OPEN_PATHS = ("/sign-in", "/healthz", "/readyz", "/metrics")
ROLES = (Role.AGENT, Role.ADMIN)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
log = logging.getLogger(__name__)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Send the security headers with everything, streams and files included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "max-age=31536000" if request.path.endswith(".woff2") else "no-cache"


@web.middleware
async def choose_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Speak the agent's language; `?lang=` on any page chooses it."""
    wanted = request.query.get("lang")
    chosen = wanted if wanted in LANGUAGES else request.cookies.get(LANGUAGE_COOKIE)
    request[TEXTS] = Texts(preferred_language(chosen, request.headers.get("Accept-Language", "")))
    response = await handler(request)
    if wanted in LANGUAGES and wanted is not None and not response.prepared:
        keep_cookie(request, response, LANGUAGE_COOKIE, wanted, YEAR_SECONDS)
    return response


@web.middleware
async def put_errors_into_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors with a page, or with JSON for the page's own script: what happened and what to do."""
    try:
        return await handler(request)
    except Refused as error:
        return trouble(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        known = error.status if error.status in (404, 413) else 400
        return trouble(request, Refused(error.status, f"trouble_{known}", f"trouble_{known}_title"))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.error("%s %s: the database failed: %s", request.method, request.path, describe(error))
        return trouble(request, Refused(503, "trouble_503", "trouble_503_title"))
    except Exception as error:
        log.error("%s %s failed: %s", request.method, request.path, describe(error))
        return trouble(request, Refused(500, "trouble_500", "trouble_500_title"))


def trouble(request: web.Request, error: Refused) -> web.Response:
    """Return an error as a page or as JSON."""
    texts = request[TEXTS]
    words = texts(error.key, **error.values)
    if PIECE in request.headers:
        return web.json_response({"error": words}, status=error.status)
    title = texts(error.title or f"trouble_{error.status}_title")
    return page(request, "trouble.html", error.status, title=title, words=words)


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in who is signed in and may answer customers; every form must carry the session's token."""
    if request.path in OPEN_PATHS or request.path.startswith("/static/"):
        return await handler(request)
    agent = await who(request)
    if agent is None:
        return _to_sign_in(request)
    request[AGENT] = agent
    if request.method not in ("GET", "HEAD"):
        form = await request.post()
        if not is_same(str(form.get("csrf", "")), agent.csrf):
            raise Refused(403, "trouble_csrf", "trouble_csrf_title")
    if agent.role not in ROLES and request.path != "/sign-out":
        raise Refused(403, "trouble_role", "trouble_403_title")
    return await handler(request)


async def who(request: web.Request) -> agents.SignedIn | None:
    """Return the agent whose session the request carries."""
    token, desk = request.cookies.get(SESSION_COOKIE), request.app[DESK]
    if not token:
        return None
    async with asyncio.timeout(5), desk.database.connect() as connection:
        return await agents.signed_in(connection, token_hash(token), desk.clock())


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    address = f"/sign-in?next={quote(request.path)}" if request.method == "GET" else "/sign-in"
    if PIECE in request.headers or request.path == "/live":
        words = request[TEXTS]("session_over")
        return web.json_response({"error": words, "sign_in": "/sign-in"}, status=401)
    raise web.HTTPSeeOther(address)


def token_hash(token: str) -> str:
    """Return what is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Compare two tokens in constant time; an empty one fits nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
