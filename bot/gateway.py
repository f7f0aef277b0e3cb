"""The gateway: Meta's webhooks in, kept in one commit, 200. Nothing is worked on here.

200 is answered only for what is stored, and for everything that is signed: an unknown or broken body that were
refused would come again and again, and in the end Meta would unsubscribe the Page (meta-platform, fact 2).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import messenger, whatsapp
from bot.channels.meta import SIGNATURE_HEADER, check_signature
from bot.clock import Clock
from bot.config import Secret, Settings
from bot.errors import BadSignature
from bot.health import readiness
from bot.logs import describe
from bot.model import Channel, Event, Json
from bot.privacy import mask, mask_json, storable
from bot.store import inbox
from bot.store.outbox import KEY_PREFIX

MOST_BYTES = 4 * 1024 * 1024
"""Meta documents 3 MB for WhatsApp and nothing for Messenger (meta-platform 1.3)."""
STORE_SECONDS = 4.0
"""Messenger wants its answer within 5 s; after this we say 503, and Meta delivers again."""

log = logging.getLogger(__name__)
REFUSED = Counter("aspa_webhooks_refused_total", "Webhooks that were not accepted", ["reason"])
ACCEPTED = Counter("aspa_webhooks_accepted_total", "Webhooks that were stored", ["object"])
EVENTS = Counter("aspa_events_total", "Events of accepted webhooks", ["kind"])
SECONDS = Histogram("aspa_webhook_seconds", "From the last byte of a webhook to its 200")

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
DATABASE: web.AppKey[AsyncEngine] = web.AppKey("database", AsyncEngine)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
STORES: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("stores")


def make_app(settings: Settings, database: AsyncEngine, clock: Clock) -> web.Application:
    """Return the gateway as an application; needs META_APP_SECRET and META_VERIFY_TOKEN."""
    settings.require("META_APP_SECRET", "META_VERIFY_TOKEN")
    app = web.Application(client_max_size=MOST_BYTES)
    app[SETTINGS], app[DATABASE], app[CLOCK], app[STORES] = settings, database, clock, set()
    app.on_cleanup.append(_finish_stores)
    for channel in Channel:
        app.router.add_get(f"/webhooks/{channel}", shake_hands)
        app.router.add_post(f"/webhooks/{channel}", receive)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    return app


async def shake_hands(request: web.Request) -> web.Response:
    """Answer Meta's verification: the challenge as the bare body when the token is ours, otherwise 403."""
    query, token = request.query, request.app[SETTINGS].verify_token
    assert isinstance(token, Secret)
    if query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == token.reveal():
        return web.Response(text=query.get("hub.challenge", ""))
    REFUSED.labels("verify_token").inc()
    raise web.HTTPForbidden(text="the verify token is not ours; compare META_VERIFY_TOKEN with the app's dashboard")


async def receive(request: web.Request) -> web.Response:
    """Check, translate, keep, answer."""
    body = await _read_body(request)
    _check(request, body)
    with SECONDS.time():
        webhook = _understand(body, request.app[CLOCK]())
        await _keep(request.app, webhook)
    ACCEPTED.labels(webhook.object).inc()
    for event in webhook.events:
        EVENTS.labels(event.kind).inc()
    return web.Response(text="ok")


async def _read_body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        REFUSED.labels("too_large").inc()
        raise


def _check(request: web.Request, body: bytes) -> None:
    try:
        check_signature(body, request.headers.get(SIGNATURE_HEADER), request.app[SETTINGS].app_secrets)
    except BadSignature as error:
        REFUSED.labels("signature").inc()
        log.warning("webhook refused: %s; if it goes on, compare META_APP_SECRET with the app's dashboard", error)
        raise web.HTTPUnauthorized(text="bad signature") from error


@dataclass(frozen=True, slots=True)
class _Webhook:
    """One POST: what is kept of its body, masked; what is wrong with it; the events in it."""

    body: str
    object: str
    problem: str | None
    events: Sequence[Event] = ()


def _understand(body: bytes, now: datetime) -> _Webhook:
    try:
        masked = mask_json(json.loads(body))
        kept = json.dumps(masked, ensure_ascii=False)
        if not isinstance(masked, dict):
            return _Webhook(kept, "broken", "not an object")
        return _Webhook(kept, _object(masked), None, list(_events(masked, now)))
    except (ValueError, RecursionError):  # also nested too deeply, or a number of thousands of digits
        return _Webhook(mask(storable(body.decode(json.detect_encoding(body), "replace")))[0], "broken", "not JSON")


def _object(masked: Json) -> str:
    known = ("page", "instagram", "whatsapp_business_account")
    return str(masked["object"]) if masked.get("object") in known else "unknown"


def _events(masked: Json, now: datetime) -> Iterable[Event]:
    match masked.get("object"):
        case "page":
            return messenger.read_webhook(masked, Channel.MESSENGER, KEY_PREFIX, now)
        case "instagram":
            return messenger.read_webhook(masked, Channel.INSTAGRAM, KEY_PREFIX, now)
        case "whatsapp_business_account":
            return whatsapp.read_webhook(masked, KEY_PREFIX, now)
    return ()


async def _keep(app: web.Application, webhook: _Webhook) -> None:
    try:
        await _in_time(app[STORES], _store(app[DATABASE], webhook))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        REFUSED.labels("database").inc()
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        log.error("webhook not stored, Meta will deliver it again: %s", describe(cause))
        raise web.HTTPServiceUnavailable(text="not stored; deliver again") from error


async def _in_time(stores: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    """Await the work for STORE_SECONDS. A hanging database does not even let go of a cancelled query in time."""
    task = asyncio.create_task(work)
    stores.add(task)
    task.add_done_callback(stores.discard)
    done, _ = await asyncio.wait({task}, timeout=STORE_SECONDS)
    if not done:
        task.cancel()
        task.add_done_callback(_forget)
        raise TimeoutError
    return task.result()


def _forget(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()  # it has been answered with 503 already


async def _finish_stores(app: web.Application) -> None:
    await asyncio.gather(*app[STORES], return_exceptions=True)


async def _store(database: AsyncEngine, webhook: _Webhook) -> None:
    try:
        # One statement is one transaction: no BEGIN and COMMIT to wait for.
        async with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await inbox.keep(connection, webhook.body, webhook.problem, webhook.events)
    except DBAPIError as error:
        if not _is_about_the_data(error):
            raise
        # Meta would send it for ever. Kept raw, it can be looked at; the other events of the batch go their way.
        log.error("an event of a webhook cannot be stored, kept raw: %s", describe(error))
        await _store_singly(database, webhook)


async def _store_singly(database: AsyncEngine, webhook: _Webhook) -> None:
    async with database.begin() as connection:
        webhook_id = await inbox.keep_webhook(connection, webhook.body, "not every event can be stored")
        for event in sorted(webhook.events, key=lambda event: event.occurred_at):
            try:
                async with connection.begin_nested():
                    await inbox.add_events(connection, webhook_id, [event])
            except DBAPIError as error:
                if not _is_about_the_data(error):
                    raise


def _is_about_the_data(error: DBAPIError) -> bool:
    """Tell a value that PostgreSQL will never take (classes 22, 23, 54) from a database that is in trouble."""
    return str(getattr(error.orig, "sqlstate", None)).startswith(("22", "23", "54"))


async def healthz(request: web.Request) -> web.Response:
    """Alive: the event loop turns."""
    return web.Response(text="ok")


async def readyz(request: web.Request) -> web.Response:
    """Ready: the database answers and an engine and a delivery worker have been seen lately."""
    state = await readiness(request.app[DATABASE], request.app[CLOCK]())
    return web.json_response(state, status=200 if all(state.values()) else 503)
