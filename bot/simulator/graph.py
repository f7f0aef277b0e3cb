"""The local Graph API: HTTP around the two send APIs, with the faults and the log of all calls."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.simulator import graph_messenger, graph_whatsapp
from bot.simulator.auth import channel_of, check_proof, check_token, check_version, token_of
from bot.simulator.errors import GraphError, Json
from bot.simulator.faults import Failure, Faults
from bot.simulator.feed import Feed, until
from bot.simulator.graph_base import Sending
from bot.simulator.phone import Phones
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel
from bot.simulator.world import World, new_message_id

VERSION = r"{version:v\d+\.\d+}"


class Graph:
    """Answers the product's calls as Meta would."""

    def __init__(self, settings: SimulatorSettings, world: World, faults: Faults, phones: Phones) -> None:
        self._settings, self._world, self._faults, self._phones = settings, world, faults, phones
        self.calls: Feed[Json] = Feed()
        self.closing = asyncio.Event()  # ends the delays when the server stops

    def routes(self) -> list[web.RouteDef]:
        """Everything under the Graph version."""
        return [web.post(f"/{VERSION}/{{asset}}/messages", self._messages)]

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        started = asyncio.get_running_loop().time()
        body, sending, status = {}, None, 200
        fault = ""
        try:
            body = await read_body(request)
            sending, channel = self._read(request, body)
            fault = self._before(sending)
            answer = {} if fault == "lose" else self._do(sending, channel)
            fault = fault or self._after(sending)
        except GraphError as error:
            status, answer = error.status, error.body()
            fault = "fail" if isinstance(error, Injected) else ""
        took = asyncio.get_running_loop().time() - started
        self._log(request, body, sending, status, answer, fault, took)
        return await self._answer(request, status, answer, fault)

    def _read(self, request: web.Request, body: Json) -> tuple[Sending, Channel]:
        check_version(self._settings, request.match_info["version"])
        token = token_of(request, body)
        channel = channel_of(self._settings, request.match_info["asset"], token)
        check_token(self._settings, channel, token)
        check_proof(self._settings, request.query.get("appsecret_proof", body.get("appsecret_proof")), token)
        if channel == "messenger":
            return graph_messenger.read_request(self._settings, self._world, body), channel
        return graph_whatsapp.read_request(self._world, body), channel

    def _before(self, sending: Sending) -> str:
        if sending.content is None:
            return ""
        if self._faults.fail.hits(self._faults.dice, sending.contact.id):
            raise Injected(self._faults.fail)
        return "lose" if self._faults.lose.hits(self._faults.dice, sending.contact.id) else ""

    def _after(self, sending: Sending) -> str:
        dice, contact = self._faults.dice, sending.contact.id
        if sending.content is None:
            return ""
        if self._faults.drop.hits(dice, contact):
            return "drop"
        return "delay" if self._faults.delay.hits(dice, contact) else ""

    def _do(self, sending: Sending, channel: Channel) -> Json:
        message_id = self._send(sending) if sending.content else self._act(sending)
        if channel == "messenger":
            return graph_messenger.answer(sending.contact, message_id)
        return graph_whatsapp.answer(sending, message_id)

    def _send(self, sending: Sending) -> str:
        contact, content = sending.contact, sending.content
        assert content is not None
        later = self._faults.fail_later
        if contact.channel == "whatsapp" and later.hits(self._faults.dice, contact.id):
            return self._phones.fail(contact, content, sending.callback, Injected(later)).id
        return self._phones.arrive(contact, content, sending.callback, sending.echo).id

    def _act(self, sending: Sending) -> str:
        contact = sending.contact
        if sending.action == "react":
            target = contact.find(sending.target)
            if target:
                target.reaction = sending.emoji
                self._world.changed("ticks", contact, message=target.n, status=target.ticks)
            return new_message_id("whatsapp") if contact.channel == "whatsapp" else ""
        target = contact.find(sending.target)
        if sending.action == "mark_seen":
            self._world.seen(contact, target.at if target else self._world.clock())
        if sending.typing or sending.action in ("typing_on", "typing_off"):
            self._world.set_typing(contact, sending.typing or sending.action == "typing_on")
        return ""

    async def _answer(self, request: web.Request, status: int, answer: Json, fault: str) -> web.StreamResponse:
        if fault in ("lose", "drop"):
            if request.transport:
                request.transport.abort()
            raise asyncio.CancelledError  # nobody is there to be answered
        if fault == "delay":
            await until(self.closing, self._faults.delay.seconds)
        return web.json_response(answer, status=status)

    def _log(
        self,
        request: web.Request,
        body: Json,
        sending: Sending | None,
        status: int,
        answer: Json,
        fault: str,
        took: float,
    ) -> None:
        hidden = ("access_token", "appsecret_proof")
        number = self.calls.append(
            {
                "at": self._world.clock().isoformat(timespec="milliseconds"),
                "path": request.path,
                "contact": sending.contact.id if sending else None,
                "kind": _kind(sending),
                "message": message_of(answer),
                "body": {key: value for key, value in body.items() if key not in hidden},
                "status": status,
                "answer": answer,
                "fault": fault or None,
                "took_ms": round(took * 1000, 1),
            }
        )
        self._world.changed("call", sending.contact if sending else None, call=number, status=status)


class Injected(GraphError):
    """A refusal that was switched on, not deserved."""

    def __init__(self, fault: Failure) -> None:
        super().__init__(
            fault.code, status=fault.http_status, subcode=fault.subcode, details="Switched on in the simulator."
        )


async def read_body(request: web.Request) -> Json:
    """JSON object or form, as the Graph API takes both; GraphError 100 for anything else."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {key: _form_value(str(value)) for key, value in (await request.post()).items()}
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise GraphError(100, "Invalid JSON in the request body") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The request body must be a JSON object")
    return body


def _form_value(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in "{[" else text
    except ValueError:
        return text


def _kind(sending: Sending | None) -> str | None:
    return None if sending is None else "message" if sending.content else sending.action


def message_of(answer: Json) -> str | None:
    """The mid or wamid in an answer of either API."""
    if "messages" in answer:
        return str(answer["messages"][0]["id"])
    return answer.get("message_id")
