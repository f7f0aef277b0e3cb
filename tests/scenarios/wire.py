"""What Meta and the network do to us: signed posts, and a database that goes away."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

SECRET, OLD_SECRET, TOKEN = "secret-of-the-app", "secret-of-yesterday", "token-of-the-handshake"
ENVIRONMENT = {"META_APP_SECRET": f"{SECRET}, {OLD_SECRET}", "META_VERIFY_TOKEN": TOKEN}


def sign(body: bytes, secret: str = SECRET) -> str:
    """Return the header's value, made here once more from Meta's description."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def on_the_wire(body: Any) -> bytes:
    """Write JSON as Meta does: ASCII with lower-case escapes, slashes escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def counted(name: str, **labels: str) -> float:
    """Return the value of a counter of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@dataclass
class Meta:
    """Posts webhooks to one address."""

    http: aiohttp.ClientSession
    url: str

    async def posts(self, body: bytes, **headers: str) -> int:
        """Post a body with a good signature, or with the headers given; return the status."""
        given = headers or {"X-Hub-Signature-256": sign(body)}
        async with self.http.post(self.url, data=io.BytesIO(body), headers=given) as response:
            await response.read()
            return response.status

    async def sends(self, body: Any) -> int:
        """Post JSON, signed."""
        return await self.posts(on_the_wire(body))


def message(mid: str, said: str = "moi", sender: str = "7310554820019467", stamp: int = 1795428000250) -> Any:
    """Return a Messenger webhook with one text."""
    return page({"sender": {"id": sender}, "timestamp": stamp, "message": {"mid": mid, "text": said}})


def page(*items: Any) -> Any:
    """Return a Messenger webhook with these items."""
    return {"object": "page", "entry": [{"id": "204411873920551", "time": 1795428000300, "messaging": list(items)}]}


async def rows(database: AsyncEngine, query: str) -> list[Any]:
    """Return the rows of a query in plain SQL."""
    async with database.connect() as connection:
        return [tuple(row) if len(row) > 1 else row[0] for row in await connection.execute(text(query))]


async def everything(database: AsyncEngine) -> str:
    """Return every value of every column of every table as one text."""
    tables = await rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert len(tables) > 10
    found = [await rows(database, f'SELECT row_to_json(t)::text FROM "{table}" t') for table in tables]
    return "\n".join(line for lines in found for line in lines)


@dataclass
class Proxy:
    """Stands between us and PostgreSQL, and can be cut or frozen."""

    socket: str
    port: int = 0
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Let connections through, at the same port as before."""
        self.flowing.set()
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break all connections and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self.socket)
        for source, target in ((reader, back), (there, writer)):
            pump = asyncio.create_task(self._pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            try:
                while data := await source.read(65536):
                    await self.flowing.wait()
                    target.write(data)
                    await target.drain()
            finally:
                target.close()


@asynccontextmanager
async def proxied(url: URL) -> AsyncIterator[tuple[Proxy, URL]]:
    """Give a proxy before the server and the URL through it."""
    proxy = Proxy(f"{url.query['host']}/.s.PGSQL.{url.port or 5432}")
    await proxy.open()
    try:
        yield proxy, url.set(host="127.0.0.1", port=proxy.port, query={})
    finally:
        await proxy.cut()
