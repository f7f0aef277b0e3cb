"""Settings: read once, checked at start, named when missing, never shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.config import VARIABLES, from_environment, load_settings
from bot.errors import ConfigError
from bot.store.db import as_psycopg

ALL = {
    "META_APP_SECRET": "hush-1, hush-2",
    "META_VERIFY_TOKEN": "hush-3",
    "MESSENGER_PAGE_ID": "1029",
    "MESSENGER_PAGE_TOKEN": "hush-4",
    "WHATSAPP_PHONE_NUMBER_ID": "1063",
    "WHATSAPP_TOKEN": "hush-5",
    "DATABASE_URL": "postgresql://anna:hush-6@db.example/aspa",
}


def test_the_contracts_defaults() -> None:
    settings = from_environment({})
    assert (settings.gateway_port, settings.desk_port, settings.simulator_port) == (8080, 8081, 8082)
    assert (settings.host, settings.graph_api_version) == ("127.0.0.1", "v26.0")
    assert settings.graph_api_url == "https://graph.facebook.com"
    assert settings.database_url is None
    assert not settings.simulator


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    environment = {**ALL, name: value} if value is not None else {key: ALL[key] for key in ALL if key != name}
    settings = from_environment({key: text for key, text in environment.items() if text is not None})
    with pytest.raises(ConfigError, match=f"missing: {name}\\."):
        settings.require(*VARIABLES)


def test_nothing_missing_is_nothing_raised() -> None:
    from_environment(ALL).require(*VARIABLES)


def test_secrets_are_several_for_a_rotation() -> None:
    assert [secret.reveal() for secret in from_environment(ALL).app_secrets] == ["hush-1", "hush-2"]
    assert from_environment({"META_APP_SECRET": " , "}).app_secrets == ()


def test_no_secret_is_ever_printed() -> None:
    settings = from_environment(ALL)
    for shown in (repr(settings), str(settings), str(dataclasses.astuple(settings)), f"{settings.verify_token}"):
        assert "hush" not in shown


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        from_environment({}).host = "0.0.0.0"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["BOT_GATEWAY_PORT", "BOT_ENGINE_WORKERS", "BOT_SEND_UNKNOWN_SECONDS"])
@pytest.mark.parametrize("text", ["http", "80 80", "-1", "1.5", "²"])
def test_a_number_that_is_none_is_named(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} must be a whole number"):
        from_environment({name: text})


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_HOST=0.0.0.0\nBOT_DESK_PORT=9001\nEMPTY\n", encoding="utf-8")
    settings = load_settings({"BOT_DESK_PORT": "9002"}, tmp_path)
    assert (settings.host, settings.desk_port, settings.project) == ("0.0.0.0", 9002, tmp_path)


URLS = {
    "postgres://anna:hush@db.example/aspa": "postgresql+psycopg://anna:hush@db.example/aspa",
    "postgresql://anna@db.example:6432/aspa": "postgresql+psycopg://anna@db.example:6432/aspa",
    "postgresql+asyncpg://db.example/aspa": "postgresql+psycopg://db.example/aspa",
}


@pytest.mark.parametrize(("given", "read"), URLS.items())
def test_any_spelling_of_a_database_url_will_do(given: str, read: str) -> None:
    assert as_psycopg(given).render_as_string(hide_password=False) == read


@pytest.mark.parametrize("given", ["mysql://anna:hush@db.example/aspa", "hush", "://hush", ""])
def test_a_url_of_something_else_is_refused_without_its_value(given: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as refusal:
        as_psycopg(given)
    assert "hush" not in str(refusal.value)
