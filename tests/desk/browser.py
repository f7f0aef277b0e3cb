"""A browser without a screen: keeps cookies, fills in forms with their hidden token, follows redirects when told."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

PASSWORD = "oikea hevonen niitti"
Server = TestServer
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """One agent's browser."""

    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        """Return status and text of a page."""
        answer = await self.client.get(path, allow_redirects=False, **options)
        return answer.status, await answer.text()

    async def page(self, path: str = "/", **options: Any) -> str:
        """Return a page that must be there."""
        status, text = await self.get(path, **options)
        assert status == 200, (status, text)
        return text

    async def token(self, path: str = "/") -> str:
        """Return the token of the forms on a page."""
        answer = await self.client.get(path, allow_redirects=False)
        found = TOKEN.search(await answer.text())
        assert found is not None
        return found[1]

    async def post(self, path: str, csrf: str | None = None, script: bool = False, **fields: str) -> ClientResponse:
        """Send a form with the token of the page, as a form or as the page's own script does."""
        token = csrf if csrf is not None else await self.token()
        headers = {"X-Piece": "deed"} if script else {}
        return await self.client.post(path, data={**fields, "csrf": token}, headers=headers, allow_redirects=False)

    async def sign_in(self, name: str, password: str = PASSWORD, next_path: str = "", **options: Any) -> ClientResponse:
        """Fill in the form of the sign-in page."""
        path = f"/sign-in{next_path}"
        token = await self.token(path)
        fields = {"name": name, "password": password, "csrf": token}
        return await self.client.post(path, data=fields, allow_redirects=False, **options)
