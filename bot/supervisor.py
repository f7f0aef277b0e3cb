"""Everything on one machine: one process a part, started again when it dies, stopped in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.config import Settings

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 10.0

log = logging.getLogger(__name__)


def parts(settings: Settings) -> list[str]:
    """Return the commands that make up the product, in the order of starting."""
    simulator = ["simulator"] if settings.simulator else []
    return [*simulator, "gateway", "desk", "delivery", "scheduler", *(["engine"] * settings.engine_workers)]


async def supervise(settings: Settings, environment: Mapping[str, str]) -> None:
    """Run all parts until cancelled."""
    env = {**environment, "PROMETHEUS_MULTIPROC_DIR": str(_fresh(settings.state_dir / "metrics"))}
    keepers = [asyncio.create_task(_keep_running(command, env)) for command in parts(settings)]
    try:
        await asyncio.gather(*keepers)
    finally:
        for keeper in reversed(keepers):
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


async def _keep_running(command: str, env: Mapping[str, str]) -> None:
    pause = FIRST_PAUSE
    while True:
        started = asyncio.get_running_loop().time()
        code = await _run_once([command], env)
        steady = asyncio.get_running_loop().time() - started > STEADY_SECONDS
        pause = FIRST_PAUSE if steady else min(pause * 2, LONGEST_PAUSE)
        log.error("%s ended with code %s; starting it again in %.1f s", command, code, pause)
        await asyncio.sleep(pause)


async def _run_once(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env={**os.environ, **env}, start_new_session=True
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            await _stop(process)


async def _stop(process: Process) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(process.wait()), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
