"""A circuit breaker: a backend that is down is left alone for a while, and customers need not wait for it."""

import logging
from collections.abc import Callable

from actions.backend.protocol import BackendUnavailable

log = logging.getLogger(__name__)


class CircuitBreaker:
    """Opens after `limit` failures in a row; then lets one question through every `rest` seconds until one succeeds.

    `clock` gives seconds that never go back (time.monotonic).
    """

    def __init__(self, clock: Callable[[], float], *, limit: int = 5, rest: float = 30.0) -> None:
        self._clock = clock
        self._limit = limit
        self._rest = rest
        self._failures = 0
        self._next_trial = 0.0

    def admit(self) -> None:
        """Raises BackendUnavailable while open. A trial takes its turn here, so one that never ends blocks nothing."""
        if self._failures < self._limit:
            return
        if self._clock() < self._next_trial:
            raise BackendUnavailable(f"not asked: the backend failed {self._failures} times in a row", retryable=True)
        self._next_trial = self._clock() + self._rest

    def succeeded(self) -> None:
        """The backend answered, whatever the answer."""
        if self._failures >= self._limit:
            log.warning("the backend answers again")
        self._failures = 0

    def failed(self) -> None:
        """The backend was down or too slow."""
        self._failures += 1
        self._next_trial = self._clock() + self._rest
        if self._failures == self._limit:
            log.warning("the backend failed %d times in a row, it is now asked every %g s", self._limit, self._rest)
