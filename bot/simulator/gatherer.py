"""Holds items back until there are enough of them: batches and shuffled webhooks."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from bot.simulator.faults import Gathering

T = TypeVar("T")


class Gatherer(Generic[T]):
    """Collects items until there are enough or the time is over; the rule may change while it runs."""

    def __init__(self, rule: Gathering, go: Callable[[list[T]], None]) -> None:
        self._rule, self._go = rule, go
        self._items: list[T] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, item: T) -> None:
        """Take an item; pass all on when it was the last one needed."""
        self._items.append(item)
        if len(self._items) >= self._rule.size:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._rule.seconds, self._flush)

    def _flush(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer, items = None, self._items
        self._items = []
        self._go(items)
