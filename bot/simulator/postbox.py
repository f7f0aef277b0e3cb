"""Delivers webhooks to the gateway: in order per customer, again when not answered 200, and badly when told to."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from weakref import WeakValueDictionary

import aiohttp

from bot.simulator.errors import Json
from bot.simulator.faults import Faults
from bot.simulator.feed import Feed, until
from bot.simulator.gatherer import Gatherer
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel
from bot.simulator.webhooks import Event, body_of, encode, sign
from bot.simulator.world import World

MAX_PENDING = 20_000
PARALLEL = 50


@dataclass
class Webhook:
    """One webhook on its way."""

    id: int
    channel: Channel
    events: list[Event]
    raw: bytes
    copy: bool = False  # the second of a duplicate
    attempt: int = 0
    retry_in: float | None = None

    @property
    def contacts(self) -> list[str]:
        """Whose phones it speaks of."""
        return list(dict.fromkeys(event.contact for event in self.events))


class Postbox:
    """Everything between an event on a phone and the gateway's 200."""

    def __init__(self, settings: SimulatorSettings, world: World, faults: Faults) -> None:
        self._settings, self._world, self._faults = settings, world, faults
        self.attempts: Feed[Json] = Feed()
        self.pending: dict[int, Webhook] = {}
        self.held: list[Event] = []
        self.given_up = 0
        self._gathered: dict[Channel, Gatherer[Event]] = {}
        self._shuffled: dict[Channel, Gatherer[Webhook]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(PARALLEL)
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry_now = asyncio.Event()
        self._ids = count(1)
        self._client: aiohttp.ClientSession | None = None

    def put(self, event: Event) -> None:
        """Send an event, or keep it if its kind is held back."""
        if event.kind in self._faults.hold:
            self.held.append(event)
            return
        gatherer = self._gathered.setdefault(
            event.channel, Gatherer(self._faults.batch, lambda events: self._bundle(event.channel, events))
        )
        gatherer.add(event)

    def release(self, kinds: set[str] | None = None) -> int:
        """Let the held events go (of these kinds, or all); gives how many."""
        free = [event for event in self.held if kinds is None or event.kind in kinds]
        self.held = [event for event in self.held if event not in free]
        for event in free:
            self._bundle(event.channel, [event])
        return len(free)

    def put_raw(self, channel: Channel, raw: bytes) -> int:
        """Sign and send any bytes, for webhooks that the phones cannot make; gives the webhook's id."""
        webhook = Webhook(next(self._ids), channel, [], raw)
        self._start(webhook)
        return webhook.id

    def retry_now(self) -> int:
        """Do not wait for the next retry; gives how many webhooks are tried again."""
        self._retry_now.set()
        self._retry_now = asyncio.Event()
        return sum(webhook.retry_in is not None for webhook in self.pending.values())

    async def close(self) -> None:
        """Forget what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client:
            await self._client.close()

    def _bundle(self, channel: Channel, events: list[Event]) -> None:
        now = int(self._world.clock().timestamp() * 1000)
        raw = encode(body_of(self._settings, channel, events, now))
        shuffle = self._shuffled.setdefault(channel, Gatherer(self._faults.reorder, self._send_shuffled))
        shuffle.add(Webhook(next(self._ids), channel, events, raw))

    def _send_shuffled(self, webhooks: list[Webhook]) -> None:
        dice: random.Random = self._faults.dice
        dice.shuffle(webhooks)
        for webhook in webhooks:
            self._start(webhook)
            if self._faults.duplicate.hits(dice, webhook.contacts[0]):
                self._start(Webhook(next(self._ids), webhook.channel, webhook.events, webhook.raw, copy=True))

    def _start(self, webhook: Webhook) -> None:
        if len(self.pending) >= MAX_PENDING:
            self._give_up(webhook)
            return
        self.pending[webhook.id] = webhook
        task = asyncio.get_running_loop().create_task(self._deliver(webhook))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, webhook: Webhook) -> None:
        async with AsyncExitStack() as turn:  # only the first attempt waits for its turn: later ones may be overtaken
            for contact in sorted(webhook.contacts):
                await turn.enter_async_context(self._turns.setdefault(contact, asyncio.Lock()))
            done = await self._attempt(webhook)
        while not done and webhook.retry_in is not None:
            await until(self._retry_now, webhook.retry_in)
            done = await self._attempt(webhook)
        del self.pending[webhook.id]
        if done:
            self._mark(webhook, "sent")
        else:
            self._give_up(webhook)

    async def _attempt(self, webhook: Webhook) -> bool:
        async with self._slots:
            started = asyncio.get_running_loop().time()
            status, error = await self._post(webhook)
            took = asyncio.get_running_loop().time() - started
        waits = self._settings.retry_seconds
        webhook.attempt += 1
        webhook.retry_in = waits[webhook.attempt - 1] if status != 200 and webhook.attempt <= len(waits) else None
        self.attempts.append(self._record(webhook, status, error, took))
        self._world.changed("webhook", None, contacts=webhook.contacts, status=status, retry_in=webhook.retry_in)
        return status == 200

    async def _post(self, webhook: Webhook) -> tuple[int | None, str | None]:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._settings.webhook_timeout))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(webhook.raw, self._settings.app_secret),
        }
        try:
            url = self._url(webhook.channel)
            async with self._client.post(url, data=webhook.raw, headers=headers, allow_redirects=False) as answer:
                return answer.status, None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return None, type(error).__name__

    def _url(self, channel: Channel) -> str:
        return f"{self._settings.gateway_url.rstrip('/')}/webhooks/{channel}"

    def _record(self, webhook: Webhook, status: int | None, error: str | None, took: float) -> Json:
        return {
            "webhook": webhook.id,
            "at": self._world.clock().isoformat(timespec="milliseconds"),
            "channel": webhook.channel,
            "contacts": webhook.contacts,
            "kinds": [event.kind for event in webhook.events],
            "messages": [event.message for event in webhook.events],
            "copy": webhook.copy,
            "attempt": webhook.attempt,
            "status": status,
            "error": error,
            "retry_in": webhook.retry_in,
            "took_ms": round(took * 1000, 1),
            "signature": sign(webhook.raw, self._settings.app_secret),
            "raw": webhook.raw.decode(errors="replace"),
        }

    def _mark(self, webhook: Webhook, ticks: str) -> None:
        for event in webhook.events:
            contact = self._world.contacts.get(event.contact)
            message = contact.find(event.message) if contact and event.kind in ("message", "postback") else None
            if contact and message and message.sender == "customer":
                self._world.tick(contact, message, "failed" if ticks == "failed" else "delivered")

    def _give_up(self, webhook: Webhook) -> None:
        self.given_up += 1
        self._mark(webhook, "failed")
