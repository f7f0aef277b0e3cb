"""All settings, read once from the environment (and `.env`), checked at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


class Secret:
    """A value that prints as stars; `reveal()` gives it to the one place that needs it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. Names of the variables are in upper case in `from_environment`."""

    project: Path  # where domain.yml, config.yml and data/ are
    state_dir: Path  # embedded database, models, logs of the demo
    host: str  # address that all listeners bind to
    gateway_port: int  # the only listener for the internet
    desk_port: int  # desk, metrics
    simulator_port: int  # demo, tests and practice only
    database_url: Secret | None  # None: the embedded PostgreSQL in state_dir
    graph_api_url: str  # Meta's Graph API, or the simulator's
    graph_api_version: str
    app_secrets: tuple[Secret, ...]  # several while a secret is being changed
    verify_token: Secret | None  # our answer to Meta's handshake
    messenger_page_id: str | None
    messenger_page_token: Secret | None
    whatsapp_phone_number_id: str | None
    whatsapp_token: Secret | None
    secure_link: str  # where a customer can send personal matters safely
    engine_workers: int  # engine processes of `bot serve`
    send_unknown_seconds: float  # how long an unknown send waits for its echo or status before it is repeated
    simulator: bool  # `bot serve` also runs the simulator

    def require(self, *names: str) -> None:
        """Raise `ConfigError` naming every variable of `names` that is missing."""
        missing = [name for name in names if not getattr(self, VARIABLES[name])]
        if missing:
            raise ConfigError(
                f"missing: {', '.join(missing)}. Set it in the environment or in .env (see .env.example)."
            )


VARIABLES = {
    "META_APP_SECRET": "app_secrets",
    "META_VERIFY_TOKEN": "verify_token",
    "MESSENGER_PAGE_ID": "messenger_page_id",
    "MESSENGER_PAGE_TOKEN": "messenger_page_token",
    "WHATSAPP_PHONE_NUMBER_ID": "whatsapp_phone_number_id",
    "WHATSAPP_TOKEN": "whatsapp_token",
}


def load_settings(environment: Mapping[str, str] | None = None, project: Path = ROOT) -> Settings:
    """Read the settings of this process: `.env` in the project, overruled by the environment."""
    file_values = {name: value for name, value in dotenv_values(project / ".env").items() if value is not None}
    return from_environment({**file_values, **(os.environ if environment is None else environment)}, project)


def from_environment(env: Mapping[str, str], project: Path = ROOT) -> Settings:
    """Build the settings from variables; raise `ConfigError` for a value that cannot be read."""
    return Settings(
        project=project,
        state_dir=Path(env.get("BOT_STATE_DIR", str(project / ".aspa"))),
        host=env.get("BOT_HOST", "127.0.0.1"),
        gateway_port=_number(env, "BOT_GATEWAY_PORT", 8080),
        desk_port=_number(env, "BOT_DESK_PORT", 8081),
        simulator_port=_number(env, "BOT_SIMULATOR_PORT", 8082),
        database_url=_secret(env, "DATABASE_URL"),
        graph_api_url=env.get("GRAPH_API_URL", "https://graph.facebook.com").rstrip("/"),
        graph_api_version=env.get("GRAPH_API_VERSION", "v26.0"),
        app_secrets=tuple(Secret(part.strip()) for part in env.get("META_APP_SECRET", "").split(",") if part.strip()),
        verify_token=_secret(env, "META_VERIFY_TOKEN"),
        messenger_page_id=env.get("MESSENGER_PAGE_ID") or None,
        messenger_page_token=_secret(env, "MESSENGER_PAGE_TOKEN"),
        whatsapp_phone_number_id=env.get("WHATSAPP_PHONE_NUMBER_ID") or None,
        whatsapp_token=_secret(env, "WHATSAPP_TOKEN"),
        secure_link=env.get("BOT_SECURE_LINK", "https://oma.revontuli.example/viesti"),
        engine_workers=_number(env, "BOT_ENGINE_WORKERS", 1),
        send_unknown_seconds=float(_number(env, "BOT_SEND_UNKNOWN_SECONDS", 45)),
        simulator=env.get("BOT_SIMULATOR", "") == "1",
    )


def _secret(env: Mapping[str, str], name: str) -> Secret | None:
    return Secret(env[name]) if env.get(name) else None


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if text and not (text.isascii() and text.isdecimal()):
        raise ConfigError(f"{name} must be a whole number")
    return int(text) if text else default
