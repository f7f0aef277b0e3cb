"""A backend over SQL: any SQLAlchemy 2 async URL, PostgreSQL as `postgresql+psycopg://`."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from actions.backend import queries
from actions.backend.protocol import Area, BackendUnavailable, Order, Outage
from actions.backend.relevance import relevant, utc_now

T = TypeVar("T")


def open_engine(url: str) -> AsyncEngine:
    """An engine for reading; connects at the first question. Plain `postgresql://` gets the driver psycopg 3."""
    with_driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # Every statement stands alone, so none needs a transaction: that saves round trips at each question.
    return create_async_engine(
        with_driver, pool_size=2, max_overflow=6, pool_pre_ping=True, isolation_level="AUTOCOMMIT"
    )


class SqlBackend:
    """Reads the tables of actions/backend/tables.py in `schema` (None = the database's own default).

    Owns the engine: `close` disposes of it. `time_limit` is in seconds for a whole question, the wait for a
    connection included.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        schema: str | None = None,
        time_limit: float = 2.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._engine = engine.execution_options(schema_translate_map={None: schema})
        self._time_limit = time_limit
        self._clock = clock

    async def find_area(self, *, place: str | None = None, postal_code: str | None = None) -> Area | None:
        """See Backend.find_area. A name matches in its usual spelling, all lower or all upper case."""
        query = queries.area_by_code(postal_code) if postal_code else queries.area_by_name((place or "").strip())
        (rows,) = await self._ask(query)
        return _read(queries.read_area, rows, postal_code) if rows else None

    async def outages(self, area: Area, service: str | None = None) -> list[Outage]:
        """See Backend.outages."""
        now = self._clock()
        (rows,) = await self._ask(queries.outages_of(area.municipality, service, now))
        return relevant(_read(queries.read_outages, rows), area, service, now)

    async def outage(self, id: str) -> Outage | None:
        """See Backend.outage."""
        (rows,) = await self._ask(queries.outage_by_id(id))
        return _read(queries.read_outages, rows)[0] if rows else None

    async def order(self, number: str) -> Order | None:
        """See Backend.order."""
        rows, lines = await self._ask(queries.order_with_history(number), queries.lines_of(number))
        return _read(queries.read_order, rows, lines) if rows else None

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    async def _ask(self, *statements: Select[Any]) -> list[queries.Rows]:
        try:
            async with asyncio.timeout(self._time_limit), self._engine.connect() as connection:
                return [(await connection.execute(statement)).all() for statement in statements]
        except TimeoutError:
            raise BackendUnavailable(
                f"the backend's database took over {self._time_limit:g} s", retryable=True
            ) from None
        except (SQLAlchemyError, OSError) as error:
            raise _unavailable(error) from None
        except ValueError:
            raise BackendUnavailable("the backend's tables hold a text that is not JSON", retryable=False) from None


def _unavailable(error: Exception) -> BackendUnavailable:
    # Not str(error): it repeats the statement with its values, and an order number is a customer's.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    passing = isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError)
    return BackendUnavailable(f"the backend's database failed: {type(cause).__name__}", retryable=passing)


def _read(make: Callable[..., T], *rows: Any) -> T:
    """What `make` builds of the rows; a company's view may hold values that the protocol does not know."""
    try:
        return make(*rows)
    except ValueError as error:
        raise BackendUnavailable(f"the backend's tables hold a bad value: {error}", retryable=False) from None
