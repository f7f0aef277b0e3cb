"""Is everything there to answer a customer: the database, an engine with its model, a delivery worker."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.store import workers

REPORT_SECONDS = 5.0


async def readiness(database: AsyncEngine, now: datetime) -> dict[str, bool]:
    """Return what is ready. An engine reports itself only when its model is loaded and warm."""
    try:
        async with asyncio.timeout(3), database.connect() as connection:
            alive = await workers.kinds_alive(connection, now)
    except (SQLAlchemyError, OSError, TimeoutError):
        return {"database": False, "model": False, "delivery": False}
    return {"database": True, "model": "engine" in alive, "delivery": "delivery" in alive}


async def keep_reporting(database: AsyncEngine, kind: str, clock: Clock) -> None:
    """Report this process as alive until it is cancelled."""
    name = f"{kind}:{socket.gethostname()}:{os.getpid()}"
    try:
        while True:
            await _report(database, name, kind, clock())
            await asyncio.sleep(REPORT_SECONDS)
    finally:
        async with asyncio.timeout(2), database.begin() as connection:
            await workers.sign_off(connection, name)


async def _report(database: AsyncEngine, name: str, kind: str, now: datetime) -> None:
    try:
        async with database.begin() as connection:
            await workers.report(connection, name, kind, now)
    except (SQLAlchemyError, OSError):
        return  # the database is away; the next report tells
