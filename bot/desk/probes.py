"""What machines ask the desk's process: is it alive, is everything ready, how many of what."""

from __future__ import annotations

import asyncio
import os

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from bot.desk.context import DESK
from bot.health import readiness


async def healthz(request: web.Request) -> web.Response:
    """Alive: the event loop turns."""
    return web.Response(text="ok")


async def readyz(request: web.Request) -> web.Response:
    """Ready: the database answers and an engine and a delivery worker have been seen lately."""
    desk = request.app[DESK]
    state = await readiness(desk.database, desk.clock())
    return web.json_response(state, status=200 if all(state.values()) else 503)


async def metrics(request: web.Request) -> web.Response:
    """Metrics for Prometheus, of all processes when they share PROMETHEUS_MULTIPROC_DIR."""
    body = await asyncio.to_thread(_collect)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _collect() -> bytes:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
