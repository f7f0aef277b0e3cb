"""Asking the backend: the effect, the deadline, the silence."""

from datetime import timedelta

import pytest

from actions import lookups
from actions.backend.protocol import BackendUnavailable
from actions.lookups import connection, look_up
from tests.fakes.memory_backend import MemoryBackend
from tests.unit.actions.conftest import MakeCall


async def test_answer_is_recorded(call: MakeCall, backend: MemoryBackend) -> None:
    made = call()
    order = await look_up(
        made, "orders", {"number": "10001", "x": None}, lambda b: b.order("10001"), lambda o: {"a": 1}
    )
    assert order
    assert order.number == "10001"
    effect = made.dispatcher.messages[0]["custom"]["lookup"]
    took = effect.pop("took_ms")
    assert took >= 0
    assert effect == {
        "source": "orders",
        "query": {"number": "10001"},
        "result": {"a": 1},
        "ok": True,
        "at": "2026-11-22T13:00:00+00:00",
    }


async def test_silent_backend_is_given_up_on(
    call: MakeCall, backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.silent = True
    monkeypatch.setattr(lookups, "DEADLINE", timedelta(milliseconds=10))
    made = call()
    with pytest.raises(BackendUnavailable, match="no answer in"):
        await look_up(made, "orders", {}, lambda b: b.order("10001"), lambda o: {})
    assert made.dispatcher.messages[0]["custom"]["lookup"]["ok"] is False


async def test_log_of_a_failure_holds_no_query(
    call: MakeCall, backend: MemoryBackend, caplog: pytest.LogCaptureFixture
) -> None:
    backend.down = True
    with pytest.raises(BackendUnavailable):
        await look_up(call(), "orders", {"number": "10001"}, lambda b: b.order("10001"), lambda o: {})
    assert "10001" not in caplog.text
    assert "orders" in caplog.text


async def test_missing_setting_is_no_answer_and_is_named(call: MakeCall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "load_dotenv", lambda: None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("BACKEND_URL", raising=False)
    connection.use(None)
    with pytest.raises(BackendUnavailable, match="BACKEND_URL"):
        await look_up(call(), "orders", {}, lambda b: b.order("1"), lambda o: {})
