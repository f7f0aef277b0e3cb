"""The questions the bot asks a company's systems, and the answers it understands.

    BackendError
    └── BackendUnavailable    no usable answer: down, slow, refused or malformed

Every datetime is aware and in UTC. Every text for customers is a dict of language code (fi, sv, en) to text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

Texts = Mapping[str, str]


class OutageKind(StrEnum):
    """Something broke, or work was planned."""

    FAULT = "fault"
    MAINTENANCE = "maintenance"


class Service(StrEnum):
    """What an outage touches; online = the company's own pages for customers."""

    BROADBAND = "broadband"
    MOBILE = "mobile"
    TV = "tv"
    ONLINE = "online"


class OutageState(StrEnum):
    """Going on, coming, or over."""

    OPEN = "open"
    PLANNED = "planned"
    FIXED = "fixed"


class OrderState(StrEnum):
    """Where an order is; the usual way runs from received to delivered."""

    RECEIVED = "received"
    PAID = "paid"
    PACKING = "packing"
    DISPATCHED = "dispatched"
    AT_PICKUP = "at_pickup"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


@dataclass(frozen=True)
class Area:
    """A recognised municipality; `postal_code` is the one asked for, None when the question named a place only."""

    municipality: str
    municipality_sv: str
    postal_codes: tuple[str, ...]
    postal_code: str | None = None


@dataclass(frozen=True)
class Outage:
    """`municipality` None = the whole country; empty `postal_codes` = the whole municipality."""

    id: str
    kind: OutageKind
    service: Service
    municipality: str | None
    postal_codes: tuple[str, ...]
    state: OutageState
    cause: Texts
    started_at: datetime
    estimated_end: datetime | None
    updated_at: datetime
    update: Texts | None = None
    fixed_at: datetime | None = None


@dataclass(frozen=True)
class OrderLine:
    """`price` is for one piece, in euros with VAT; None = not told to customers."""

    name: str
    count: int
    price: Decimal | None = None


@dataclass(frozen=True)
class OrderEvent:
    """One step of an order's history; `note` is for the customer."""

    at: datetime
    state: OrderState
    note: Texts | None = None


@dataclass(frozen=True)
class Order:
    """`history` is oldest first and ends in `state`; `expected_on` is a calendar day in Finland."""

    number: str
    state: OrderState
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    history: tuple[OrderEvent, ...]
    carrier: str | None = None
    tracking_code: str | None = None
    expected_on: date | None = None
    pickup_place: str | None = None


class BackendError(Exception):
    """Root of everything a backend raises."""


class BackendUnavailable(BackendError):
    """No usable answer. The customer is told so; `operator` says what went wrong, without secrets or customer data."""

    def __init__(self, operator: str, *, retryable: bool) -> None:
        super().__init__(operator)
        self.operator = operator
        self.retryable = retryable


class Backend(Protocol):
    """Every method but `close` raises BackendUnavailable when there is no usable answer."""

    async def find_area(self, *, place: str | None = None, postal_code: str | None = None) -> Area | None:
        """The municipality of a Finnish or Swedish name or of a postal code; when both are given the code decides.

        None means not recognised, and must never be taken as "no outage".
        """
        ...

    async def outages(self, area: Area, service: str | None = None) -> list[Outage]:
        """What touches the area, whole-country outages included, most relevant first.

        Open ones, those planned for the next 14 days and those fixed in the last 24 hours. With `area.postal_code`
        set, those of other postal codes of the municipality are left out.
        """
        ...

    async def outage(self, id: str) -> Outage | None:
        """One outage of any age and state, to follow it; None when there is no such id."""
        ...

    async def order(self, number: str) -> Order | None:
        """The order of that number (5-6 digits); None when there is none."""
        ...

    async def close(self) -> None:
        """Gives back connections; the backend is not used afterwards."""
        ...
