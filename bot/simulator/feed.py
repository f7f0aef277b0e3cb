"""A bounded, numbered log that can be awaited, so that no test and no page has to poll or sleep."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Feed(Generic[T]):
    """Numbers start at 1 and have no gaps; the oldest items fall out when `size` is reached."""

    def __init__(self, size: int = 10_000) -> None:
        self._items: deque[tuple[int, T]] = deque(maxlen=size)
        self._grown = asyncio.Event()
        self.last = 0
        self.closed = False

    def append(self, item: T) -> int:
        """Store the item, wake everybody who waits, give its number."""
        self.last += 1
        self._items.append((self.last, item))
        self._wake()
        return self.last

    def since(self, after: int) -> list[tuple[int, T]]:
        """Everything still stored with a number above `after`, oldest first."""
        dropped = self.last - len(self._items)
        return list(islice(self._items, max(0, after - dropped), None))

    async def wait(
        self, after: int, seconds: float, wanted: Callable[[T], bool] = lambda item: True, count: int = 1
    ) -> list[tuple[int, T]]:
        """Items above `after` that are wanted; waits until there are `count` of them or the seconds are over."""
        found: list[tuple[int, T]] = []
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            grown = self._grown
            fresh = self.since(after)
            after = fresh[-1][0] if fresh else after
            found += [entry for entry in fresh if wanted(entry[1])]
            left = deadline - asyncio.get_running_loop().time()
            if len(found) >= count or left <= 0 or self.closed:
                return found
            await until(grown, left)

    def close(self) -> None:
        """Let everybody who waits go, now and from now on: the server stops."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer than that."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
