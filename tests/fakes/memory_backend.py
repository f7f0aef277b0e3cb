"""A backend in memory over the demo data: same answers as the real ones, and able to be silent."""

import asyncio
from dataclasses import dataclass, replace

from actions.backend.demo.read import Demo
from actions.backend.protocol import Area, BackendUnavailable, Order, Outage
from actions.backend.relevance import relevant, utc_now


@dataclass
class MemoryBackend:
    """`down` refuses every question, `silent` never answers one."""

    demo: Demo
    down: bool = False
    silent: bool = False

    async def find_area(self, *, place: str | None = None, postal_code: str | None = None) -> Area | None:
        await self._answers()
        if postal_code:
            area = next((a for a in self.demo.areas if postal_code in a.postal_codes), None)
            return replace(area, postal_code=postal_code) if area else None
        names = ((place or "").casefold(),)
        return next((a for a in self.demo.areas if a.municipality.casefold() in names), None)

    async def outages(self, area: Area, service: str | None = None) -> list[Outage]:
        await self._answers()
        return relevant(self.demo.outages, area, service, utc_now())

    async def outage(self, id: str) -> Outage | None:
        await self._answers()
        return next((outage for outage in self.demo.outages if outage.id == id), None)

    async def order(self, number: str) -> Order | None:
        await self._answers()
        return next((order for order in self.demo.orders if order.number == number), None)

    async def close(self) -> None:
        """Nothing is open."""

    async def _answers(self) -> None:
        if self.down:
            raise BackendUnavailable("down", retryable=True)
        if self.silent:
            await asyncio.Event().wait()
