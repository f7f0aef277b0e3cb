"""A gentle limit on sign-in attempts: by name and address together, so that nobody can lock out somebody else."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.clock import Clock

WINDOW = timedelta(minutes=5)
MOST_OF_NAME = 5
MOST_OF_ADDRESS = 50
"""Many people can sit behind one address."""
MOST_KEPT = 10_000

Key = tuple[str, ...]


class Attempts:
    """Attempts of the last minutes, in memory: a restart forgives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: OrderedDict[Key, list[datetime]] = OrderedDict()

    def begin(self, name: str, address: str) -> timedelta | None:
        """Count an attempt; return how long to wait when there have been too many already."""
        limits: tuple[tuple[Key, int], ...] = (((name, address), MOST_OF_NAME), ((address,), MOST_OF_ADDRESS))
        now = self._clock()
        waits = [wait for key, most in limits if (wait := self._wait(key, most, now)) is not None]
        if waits:
            return max(waits)
        for key, _ in limits:
            self._made.setdefault(key, []).append(now)
            self._made.move_to_end(key)
        while len(self._made) > MOST_KEPT:
            self._made.popitem(last=False)
        return None

    def succeeded(self, name: str, address: str) -> None:
        """Forget the attempts of a name that has signed in."""
        self._made.pop((name, address), None)

    def _wait(self, key: Key, most: int, now: datetime) -> timedelta | None:
        made = [at for at in self._made.get(key, ()) if now - at < WINDOW]
        if not made:
            self._made.pop(key, None)
            return None
        self._made[key] = made
        return made[-most] + WINDOW - now if len(made) >= most else None
