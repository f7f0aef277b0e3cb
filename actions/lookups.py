"""Asking the company's systems: one backend a process, a deadline for each question, an effect for each answer."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from dotenv import load_dotenv

from actions.backend.connect import connect
from actions.backend.protocol import Backend, BackendUnavailable
from actions.call import Call

DEADLINE = timedelta(seconds=4)
Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)


class Connection:
    """The backend of this process, made from the environment at its first use."""

    def __init__(self) -> None:
        self._backend: Backend | None = None

    def use(self, backend: Backend | None) -> None:
        """Takes this backend from now on; None = make one from the environment again."""
        self._backend = backend

    def backend(self) -> Backend:
        """The backend in use."""
        if self._backend is None:
            self._backend = _connect_from_environment()
        return self._backend

    async def close(self) -> None:
        """Gives the backend's connections back."""
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.close()


def _connect_from_environment() -> Backend:
    load_dotenv()
    try:
        return connect(os.environ, database_url=os.environ.get("DATABASE_URL"))
    except ValueError as error:
        # The customer must hear the honest "no answer" here too; the log names the setting that is missing.
        raise BackendUnavailable(str(error), retryable=False) from error


connection = Connection()


async def look_up(
    call: Call,
    source: str,
    query: Mapping[str, Any],
    question: Callable[[Backend], Awaitable[Answer]],
    result: Callable[[Answer], Mapping[str, Any] | None],
) -> Answer:
    """Asks the backend and records question, result and duration as a `lookup` effect; raises BackendUnavailable."""
    started = time.perf_counter()
    try:
        answer = await _ask(question)
    except BackendUnavailable as error:
        logger.warning("No answer from %s: %s", source, error.operator)
        _record(call, source, query, None, ok=False, started=started)
        raise
    _record(call, source, query, result(answer), ok=True, started=started)
    return answer


async def _ask(question: Callable[[Backend], Awaitable[Answer]]) -> Answer:
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            return await question(connection.backend())
    except TimeoutError as error:
        raise BackendUnavailable(f"no answer in {DEADLINE.total_seconds():g} s", retryable=True) from error


def _record(
    call: Call, source: str, query: Mapping[str, Any], result: Mapping[str, Any] | None, *, ok: bool, started: float
) -> None:
    took_ms = round((time.perf_counter() - started) * 1000)
    content = {
        "source": source,
        "query": {key: value for key, value in query.items() if value is not None},
        "result": None if result is None else dict(result),
        "ok": ok,
        "at": call.now.isoformat(),
        "took_ms": took_ms,
    }
    call.effect("lookup", content)
