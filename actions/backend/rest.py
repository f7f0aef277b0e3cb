"""A backend over HTTP and JSON; the paths, examples and errors are in docs/backend.md."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import aiohttp
from yarl import URL

from actions.backend import wire
from actions.backend.circuit import CircuitBreaker
from actions.backend.protocol import Area, BackendUnavailable, Order, Outage
from actions.backend.relevance import relevant, utc_now

T = TypeVar("T")
log = logging.getLogger(__name__)


def _pause() -> float:
    return random.uniform(0.05, 0.15)


class RestBackend:
    """Asks `url` (no trailing slash needed) with the bearer `token`.

    `time_limit` is in seconds for a whole question, its one retry included; `pause` gives the seconds before the retry.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        time_limit: float = 2.0,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[], float] = _pause,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._time_limit = time_limit
        self._clock = clock
        self._pause = pause
        self._breaker = CircuitBreaker(monotonic)
        self._session: aiohttp.ClientSession | None = None

    async def find_area(self, *, place: str | None = None, postal_code: str | None = None) -> Area | None:
        """See Backend.find_area."""
        asked = {"postal_code": postal_code} if postal_code else {"place": (place or "").strip()}
        if not all(asked.values()):
            return None
        return await self._one("/areas", asked, lambda fields: wire.area(fields, postal_code))

    async def outages(self, area: Area, service: str | None = None) -> list[Outage]:
        """See Backend.outages. What the server sends beyond the question is left out here."""
        asked = {"municipality": area.municipality, "postal_code": area.postal_code, "service": service}
        query = {name: value for name, value in asked.items() if value}
        found = await self._one(
            "/outages", query, lambda fields: [wire.outage(item) for item in fields.items("outages")]
        )
        if found is None:  # an area it does not know is not an area without outages
            raise BackendUnavailable("GET /outages: does not know an area that it has named", retryable=False)
        return relevant(found, area, service, self._clock())

    async def outage(self, id: str) -> Outage | None:
        """See Backend.outage."""
        return await self._one("/outages/{id}", {}, wire.outage, id)

    async def order(self, number: str) -> Order | None:
        """See Backend.order."""
        return await self._one("/orders/{number}", {}, wire.order, number)

    async def close(self) -> None:
        """Closes the connections."""
        if self._session:
            await self._session.close()

    async def _one(
        self, path: str, query: Mapping[str, str], read: Callable[[wire.Fields], T], key: str = ""
    ) -> T | None:
        """Asks and reads, under the breaker. Errors name the path's pattern, never the key: it may be a customer's."""
        self._breaker.admit()
        try:
            async with asyncio.timeout(self._time_limit):
                status, body = await self._fetch(path, query, key)
            answer = _read(status, body, read)
        except TimeoutError:
            self._breaker.failed()
            raise BackendUnavailable(f"GET {path}: no answer in {self._time_limit:g} s", retryable=True) from None
        except BackendUnavailable as error:
            # A refusal or a bad answer is an answer: leaving the backend alone would not mend it.
            self._breaker.failed() if error.retryable else self._breaker.succeeded()
            raise BackendUnavailable(f"GET {path}: {error.operator}", retryable=error.retryable) from None
        self._breaker.succeeded()
        return answer

    async def _fetch(self, path: str, query: Mapping[str, str], key: str) -> tuple[int, bytes]:
        """Status and body; asks once more after a connection error or a 5xx."""
        url = URL(self._url + path.partition("{")[0] + quote(key, safe=""), encoded=True).with_query(query)
        try:
            status, body = await self._get(url)
            if status < 500:
                return status, body
        except aiohttp.ClientError as error:
            log.info("GET %s: %s, once more", path, type(error).__name__)
        await asyncio.sleep(self._pause())
        try:
            return await self._get(url)
        except aiohttp.ClientError as error:
            raise BackendUnavailable(f"no connection ({type(error).__name__})", retryable=True) from None

    async def _get(self, url: URL) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout(total=None))
        # Redirects are not followed: the token belongs to one server.
        async with self._session.get(url, allow_redirects=False) as response:
            return response.status, await response.read()


def _read(status: int, body: bytes, read: Callable[[wire.Fields], T]) -> T | None:
    """None for the documented "not_found"; BackendUnavailable for everything but 200 and that."""
    if status == 200:
        try:
            return read(wire.Fields(json.loads(body), "answer"))
        except wire.Malformed as error:
            raise BackendUnavailable(f"malformed answer: {error}", retryable=False) from None
        except (ValueError, RecursionError):
            raise BackendUnavailable("malformed answer: not JSON", retryable=False) from None
    if status == 404 and _is_not_found(body):
        return None
    raise _refusal(status)


def _is_not_found(body: bytes) -> bool:
    """Tells "no such order" from a wrong path, which must never look like an answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("error") == "not_found"


def _refusal(status: int) -> BackendUnavailable:
    if status in (401, 403):
        return BackendUnavailable(f"HTTP {status}, the token was refused; check BACKEND_TOKEN", retryable=False)
    if status >= 500 or status == 429:
        return BackendUnavailable(f"HTTP {status}", retryable=True)
    return BackendUnavailable(f"HTTP {status} is not a documented answer; check BACKEND_URL", retryable=False)
