"""The control API for customers: who they are, what they do, what stands on their phones."""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.simulator.customer import Customers, Impossible
from bot.simulator.errors import Json
from bot.simulator.phone import Phones
from bot.simulator.requests import json_of, number, refuse, seconds
from bot.simulator.state import Contact, Content
from bot.simulator.world import World

TEXTS = ("name", "psid", "bsuid", "phone", "username")
FLAGS = ("online", "reads", "blocked")
CONTACT = "/simulator/contacts/{contact}"


class ContactControl:
    """Handlers under /simulator/contacts."""

    def __init__(self, world: World, phones: Phones, customers: Customers) -> None:
        self._world, self._phones, self._customers = world, phones, customers

    def routes(self) -> list[web.RouteDef]:
        """Everything under /simulator/contacts."""
        return [
            web.get("/simulator/contacts", self._contacts),
            web.post("/simulator/contacts", self._new_contact),
            web.get(CONTACT, self._contact),
            web.patch(CONTACT, self._change_contact),
            web.post(CONTACT + "/messages", self._act),
            web.post(CONTACT + "/echo", self._foreign_echo),
            web.get(CONTACT + "/chat", self._chat),
        ]

    async def _contacts(self, request: web.Request) -> web.Response:
        return web.json_response({"contacts": [contact.as_json() for contact in self._world.contacts.values()]})

    async def _new_contact(self, request: web.Request) -> web.Response:
        wish = await json_of(request)
        channel = wish.get("channel")
        if channel not in ("messenger", "whatsapp"):
            raise refuse(400, "channel must be messenger or whatsapp")
        _check_fields(wish, ("channel", *TEXTS, *FLAGS, "last_message_hours_ago"))
        if taken := self._world.taken(wish):
            raise refuse(409, f"somebody has the address {taken} already")
        contact = self._world.new_contact(channel, wish)
        self._apply(contact, wish)
        return web.json_response(contact.as_json(), status=201)

    async def _contact(self, request: web.Request) -> web.Response:
        return web.json_response(self._known(request).as_json())

    async def _change_contact(self, request: web.Request) -> web.Response:
        contact, wish = self._known(request), await json_of(request)
        _check_fields(wish, ("name", *FLAGS, "last_message_hours_ago"))
        self._apply(contact, wish)
        self._phones.wake(contact)
        self._world.changed("contact", contact)
        return web.json_response(contact.as_json())

    def _apply(self, contact: Contact, wish: Json) -> None:
        for key in ("name", *FLAGS):
            if key in wish:
                setattr(contact, key, wish[key])
        if (hours := wish.get("last_message_hours_ago")) is not None:
            contact.last_written = self._world.clock() - timedelta(hours=hours)

    async def _act(self, request: web.Request) -> web.Response:
        try:
            message = self._customers.act(self._known(request), await json_of(request))
        except Impossible as error:
            raise refuse(409, str(error)) from None
        return web.json_response(message.as_json(), status=201)

    async def _foreign_echo(self, request: web.Request) -> web.Response:
        """Another app or Meta's own inbox writes to the customer."""
        contact, wish = self._known(request), await json_of(request)
        text, app_id = str(wish.get("text") or ""), wish.get("app_id", 263902037430900)
        if contact.channel != "messenger" or not text:
            raise refuse(400, "echoes are Messenger's, and need a text")
        message = self._phones.arrive(contact, Content("text", text), "", {"text": text, "app_id": app_id})
        return web.json_response(message.as_json(), status=201)

    async def _chat(self, request: web.Request) -> web.Response:
        contact, query = self._known(request), request.query
        after, sender, count = number(query, "after"), query.get("from"), number(query, "count", 1)
        deadline = asyncio.get_running_loop().time() + seconds(query)
        while True:
            heard = self._world.changes.last
            found = [m.as_json() for m in contact.messages if m.n > after and sender in (None, m.sender)]
            left = deadline - asyncio.get_running_loop().time()
            if len(found) >= count or left <= 0 or self._world.changes.closed:
                break
            await self._world.changes.wait(heard, left, lambda c: c["contact"] == contact.id and c["kind"] == "message")
        last = found[-1]["n"] if found else after
        return web.json_response({"messages": found, "next": last, "typing": contact.typing})

    def _known(self, request: web.Request) -> Contact:
        contact = self._world.contacts.get(request.match_info["contact"])
        if contact is None:
            raise refuse(404, "no such contact")
        return contact


def _check_fields(wish: Json, allowed: tuple[str, ...]) -> None:
    for key, value in wish.items():
        right = isinstance(value, bool) if key in FLAGS else isinstance(value, str) if key in TEXTS else True
        if key == "last_message_hours_ago" and (isinstance(value, bool) or not isinstance(value, int | float)):
            right = False
        if key not in allowed or not right:
            raise refuse(400, f"unknown field or wrong type: {key}")
