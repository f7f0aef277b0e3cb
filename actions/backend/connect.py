"""The one place where settings become a backend."""

from collections.abc import Mapping

from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.backend.protocol import Backend
from actions.backend.rest import RestBackend
from actions.backend.sql import SqlBackend, open_engine

DEMO_SCHEMA = "revontuli"


def connect(settings: Mapping[str, str], *, database_url: str | None = None) -> Backend:
    """The backend that BACKEND_URL names; unset, the demo data in the product's own database (`database_url`).

    `http(s)://` is REST and needs BACKEND_TOKEN; anything else is a SQLAlchemy async URL, in the schema
    BACKEND_SCHEMA if given. Opens no connection. A missing setting is a ValueError that names it.
    """
    url = settings.get("BACKEND_URL", "").strip()
    if url.startswith(("http://", "https://")):
        return RestBackend(url, _required(settings, "BACKEND_TOKEN"))
    if url:
        return SqlBackend(_engine("BACKEND_URL", url), schema=settings.get("BACKEND_SCHEMA") or None)
    if not database_url:
        raise ValueError("neither BACKEND_URL nor a database for the demo data is set")
    return SqlBackend(_engine("DATABASE_URL", database_url), schema=DEMO_SCHEMA)


def _engine(name: str, url: str) -> AsyncEngine:
    try:
        return open_engine(url)
    except (ArgumentError, ImportError) as error:  # their texts may repeat the URL and its password
        raise ValueError(
            f"{name} is not a SQLAlchemy async URL with an installed driver ({type(error).__name__})"
        ) from None


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name, "").strip()
    if not value:
        raise ValueError(f"{name} is not set")
    return value
