"""What machines are told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import workers
from tests.conftest import NOW
from tests.desk.browser import Browser

Visit = Callable[[], Awaitable[Browser]]
COUNT = "from prometheus_client import Counter; Counter('aspa_other_process', 'x').inc(3)"


async def test_alive_without_a_sign_in(visit: Visit) -> None:
    assert await (await visit()).get("/healthz") == (200, "ok")


async def test_ready_when_everything_has_been_seen(visit: Visit, database: AsyncEngine) -> None:
    browser = await visit()
    answer = await browser.client.get("/readyz")
    assert (answer.status, await answer.json()) == (503, {"database": True, "model": False, "delivery": False})
    async with database.begin() as connection:
        for kind in ("engine", "delivery"):
            await workers.report(connection, f"{kind}:here", kind, NOW)
    answer = await browser.client.get("/readyz")
    assert (answer.status, await answer.json()) == (200, {"database": True, "model": True, "delivery": True})


async def test_metrics_of_this_process(visit: Visit) -> None:
    assert "aspa_desk_browsers 0.0" in (await (await visit()).get("/metrics"))[1]


async def test_metrics_of_all_processes(visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", COUNT)
    assert await other.wait() == 0
    assert "aspa_other_process_total 3.0" in (await (await visit()).get("/metrics"))[1]
