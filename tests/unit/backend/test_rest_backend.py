"""The REST backend when its server misbehaves, and what it lets nobody see."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from actions.backend.protocol import Area, BackendUnavailable
from actions.backend.rest import RestBackend
from tests.fakes.backend_server import NOW, Answer, BackendServer, cut, hang, says

pytestmark = pytest.mark.asyncio
DOWN = says(503, "{}")
TAMPERE = Area("Tampere", "Tammerfors", ("33100",))
ORDER: dict[str, Any] = {
    "number": "12345",
    "state": "paid",
    "placed_at": "2026-11-21T10:00:00Z",
    "lines": [],
    "history": [],
}


@dataclass
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def backend(server: BackendServer, clock: Clock) -> AsyncIterator[RestBackend]:
    made = RestBackend(server.url, server.token, clock=lambda: NOW, monotonic=clock, pause=lambda: 0.0)
    yield made
    await made.close()


async def fails(backend: RestBackend) -> BackendUnavailable:
    with pytest.raises(BackendUnavailable) as caught:
        await backend.order("12345")
    return caught.value


@pytest.mark.parametrize("trouble", [DOWN, says(500, "oops"), cut], ids=["503", "500", "cut"])
async def test_one_failure_is_asked_again(server: BackendServer, backend: RestBackend, trouble: Answer) -> None:
    server.misbehave = [trouble]
    assert await backend.order("12345") is not None
    assert server.asked == ["/v1/orders/12345"] * 2


@pytest.mark.parametrize(
    ("trouble", "requests", "told"),
    [
        (DOWN, 2, "HTTP 503"),
        # aiohttp itself repeats a GET whose connection was dropped, so each of the two tries is two requests.
        (cut, 4, "no connection (ServerDisconnectedError)"),
    ],
    ids=["503", "cut"],
)
async def test_two_failures_are_the_answer(
    server: BackendServer, backend: RestBackend, trouble: Answer, requests: int, told: str
) -> None:
    server.misbehave = [trouble] * requests
    error = await fails(backend)
    assert (error.operator, error.retryable) == (f"GET /orders/{{number}}: {told}", True)
    assert len(server.asked) == requests


@pytest.mark.parametrize(
    ("trouble", "told", "retryable"),
    [
        (says(401, "{}"), "check BACKEND_TOKEN", False),
        (says(403, "{}"), "check BACKEND_TOKEN", False),
        (says(302, "", Location="/v1/orders/12346"), "check BACKEND_URL", False),
        (says(404, "<h1>Not Found</h1>"), "check BACKEND_URL", False),
        (says(404, '{"error": "no_such_path"}'), "check BACKEND_URL", False),
        (says(404, "[" * 100_000), "check BACKEND_URL", False),
        (says(204, ""), "check BACKEND_URL", False),
        (says(429, "{}"), "HTTP 429", True),
    ],
)
async def test_refusals_are_not_repeated(
    server: BackendServer, backend: RestBackend, trouble: Answer, told: str, retryable: bool
) -> None:
    server.misbehave = [trouble]
    error = await fails(backend)
    assert told in error.operator
    assert error.retryable is retryable
    assert server.asked == ["/v1/orders/12345"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("null", "answer is not an object"),
        ("[]", "answer is not an object"),
        ("{}", "answer.number is not a text"),
        (json.dumps(ORDER | {"state": "teleported"}), "answer.state is not one of received, paid"),
        (json.dumps(ORDER | {"state": ["paid"]}), "answer.state is not one of received, paid"),
        (json.dumps(ORDER | {"placed_at": "2026-11-21 10:00"}), "answer.placed_at is not a time with its offset"),
        (json.dumps(ORDER | {"placed_at": "yesterday"}), "answer.placed_at is not an ISO 8601 time"),
        (json.dumps(ORDER | {"placed_at": 1795255200}), "answer.placed_at is not an ISO 8601 time"),
        (json.dumps(ORDER | {"lines": {}}), "answer.lines is not a list"),
        (json.dumps(ORDER | {"lines": ["phone"]}), "answer.lines[0] is not an object"),
        (json.dumps(ORDER | {"lines": [{"name": "Phone", "count": 0}]}), "answer.lines[0].count is not a whole"),
        (json.dumps(ORDER | {"lines": [{"name": "Phone", "count": True}]}), "answer.lines[0].count is not a whole"),
        (json.dumps(ORDER | {"lines": [{"name": "P", "count": 1, "price": "free"}]}), "lines[0].price is not a price"),
        (json.dumps(ORDER | {"lines": [{"name": "P", "count": 1, "price": "NaN"}]}), "lines[0].price is not a price"),
        (json.dumps(ORDER | {"expected_on": "tomorrow"}), "answer.expected_on is not a day"),
        (json.dumps(ORDER | {"carrier": 7}), "answer.carrier is not a text"),
        (
            json.dumps(ORDER | {"history": [{"at": "2026-11-21T10:00:00Z", "state": "paid", "note": "hi"}]}),
            "answer.history[0].note is not an object of language to text",
        ),
    ],
)
async def test_malformed_answers_name_the_field(
    server: BackendServer, backend: RestBackend, body: str, told: str
) -> None:
    server.misbehave = [says(200, body)]
    error = await fails(backend)
    assert f"malformed answer: {told}" in error.operator or f"answer.{told}" in error.operator
    assert "teleported" not in error.operator
    assert not error.retryable


async def test_one_bad_outage_spoils_the_answer(server: BackendServer, backend: RestBackend) -> None:
    server.misbehave = [says(200, '{"outages": [{"id": "V-1"}]}')]
    with pytest.raises(BackendUnavailable, match=r"answer\.outages\[0\]\.kind"):
        await backend.outages(TAMPERE)


async def test_an_area_unknown_to_outages_is_not_an_area_without(backend: RestBackend) -> None:
    with pytest.raises(BackendUnavailable, match="does not know an area"):
        await backend.outages(Area("Atlantis", "Atlantis", ()))


async def test_the_question_of_outages_is_whole(server: BackendServer, backend: RestBackend) -> None:
    await backend.outages(Area("Tampere", "Tammerfors", ("33100",), "33100"), "broadband")
    await backend.outages(TAMPERE)
    assert server.asked == [
        "/v1/outages?municipality=Tampere&postal_code=33100&service=broadband",
        "/v1/outages?municipality=Tampere",
    ]


async def test_a_silent_server_is_given_up(server: BackendServer, clock: Clock) -> None:
    backend = RestBackend(server.url, server.token, time_limit=0.05, monotonic=clock)
    server.misbehave = [hang]
    error = await fails(backend)
    assert (error.operator, error.retryable) == ("GET /orders/{number}: no answer in 0.05 s", True)
    assert len(server.asked) == 1
    await backend.close()


async def test_the_breaker_opens_and_closes(server: BackendServer, backend: RestBackend, clock: Clock) -> None:
    server.misbehave = [DOWN] * 12
    for _ in range(5):
        await fails(backend)
    assert len(server.asked) == 10

    clock.seconds += 29.9
    assert (await fails(backend)).operator == "not asked: the backend failed 5 times in a row"
    assert len(server.asked) == 10

    clock.seconds += 0.2
    assert "HTTP 503" in (await fails(backend)).operator  # the trial
    assert "not asked" in (await fails(backend)).operator
    assert len(server.asked) == 12

    clock.seconds += 30
    assert await backend.order("12345") is not None
    assert await backend.order("12346") is not None


async def test_only_failures_in_a_row_count(server: BackendServer, backend: RestBackend) -> None:
    refused = says(401, "{}")
    server.misbehave = [DOWN] * 8 + [refused] + [DOWN] * 8
    for _ in range(9):
        await fails(backend)
    assert await backend.order("12345") is not None


async def test_nothing_listens(clock: Clock) -> None:
    backend = RestBackend("http://127.0.0.1:1/v1", "t", monotonic=clock, pause=lambda: 0.0)
    error = await fails(backend)
    assert (error.operator, error.retryable) == ("GET /orders/{number}: no connection (ClientConnectorError)", True)
    await backend.close()


async def test_token_and_numbers_stay_out_of_logs_and_errors(
    server: BackendServer, backend: RestBackend, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.misbehave = [cut] * 4 + [says(401, "{}"), says(200, "{}"), says(404, "x")] + [DOWN] * 10
    told = [str(await fails(backend)) for _ in range(10)]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("actions")]
    assert any("failed 5 times in a row" in line for line in ours)
    assert not any(secret in line for secret in (server.token, "12345") for line in told + ours)
    assert server.token not in repr(backend) + str(vars(backend).keys())


async def test_closing_unused_is_fine(server: BackendServer) -> None:
    await RestBackend(server.url, server.token).close()
    assert server.asked == []
