"""The Graph API over HTTP: one request, one outcome. Tokens go in the header, never into a URL or a log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from bot.channels import messenger, whatsapp
from bot.channels.meta import app_secret_proof, error_from_response
from bot.config import Secret
from bot.errors import SendError, Verdict
from bot.model import Channel, Json, Reply

SEND_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)


class Translator(Protocol):
    """What this client needs of a channel's module."""

    def request_body(self, reply: Reply, address: str, key: str) -> Json:
        """Return the body of the call for one request-sized reply."""

    def sent_id(self, answer: Json) -> str:
        """Return the platform's id from the answer."""


TRANSLATORS: dict[Channel, Translator] = {
    Channel.MESSENGER: messenger,
    Channel.INSTAGRAM: messenger,
    Channel.WHATSAPP: whatsapp,
}


@dataclass(frozen=True, slots=True)
class Account:
    """A Page or phone number that we send from."""

    channel: Channel
    external_id: str
    token: Secret


@dataclass(frozen=True, slots=True)
class Graph:
    """The API at an address, in a version, with the app's secret for the proof."""

    http: aiohttp.ClientSession
    url: str
    version: str
    app_secret: Secret

    async def send(self, account: Account, address: str, reply: Reply, key: str, attempt: int) -> str:
        """Send one request-sized reply and return the platform's id; raise `SendError` with what to do."""
        translate = TRANSLATORS[account.channel]
        answer = await self._post(account, translate.request_body(reply, address, key), attempt)
        try:
            return translate.sent_id(answer)
        except (KeyError, IndexError, TypeError) as error:
            raise SendError(Verdict.UNKNOWN, "the platform's answer names no message") from error

    async def show_seen(self, account: Account, address: str, message_id: str) -> None:
        """Show the customer that his message was seen and is being answered."""
        whatsapp_bodies = account.channel is Channel.WHATSAPP
        bodies = whatsapp.seen_bodies(message_id) if whatsapp_bodies else messenger.seen_bodies(address)
        for body in bodies:
            await self._post(account, body, 1)

    async def _post(self, account: Account, body: Json, attempt: int) -> Json:
        url = f"{self.url}/{self.version}/{account.external_id}/messages"
        headers = {"Authorization": f"Bearer {account.token.reveal()}"}
        proof = {"appsecret_proof": app_secret_proof(account.token, self.app_secret)}
        try:
            async with self.http.post(url, json=body, headers=headers, params=proof, timeout=SEND_TIMEOUT) as response:
                return _outcome(response.status, await response.read(), attempt)
        except aiohttp.ClientConnectorError as error:
            raise SendError(Verdict.REPEAT, "the platform cannot be reached") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendError(Verdict.UNKNOWN, "no answer; the reply may have gone out") from error


def _outcome(status: int, body: bytes, attempt: int) -> Json:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    if status != 200 or "error" in answer:
        raise error_from_response(status, answer, attempt)
    return answer
