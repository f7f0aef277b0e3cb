"""The JSON of docs/backend.md, both ways: what a REST backend answers, and how a look-up is recorded."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TypeVar

from actions.backend.protocol import (
    Area,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Outage,
    OutageKind,
    OutageState,
    Service,
    Texts,
)

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Malformed(ValueError):
    """Names the field that is wrong, never its value: answers hold customers' data."""


def to_json(value: object) -> object:
    """Any answer of a backend, or a list of them, as plain JSON values; moments in ISO 8601, prices as text."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | Enum) else value


class Fields:
    """One JSON object, read field by field; `where` is its place in the answer."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise Malformed(f"{where} is not an object")
        self._data = data
        self._where = where

    def _wrong(self, name: str, wanted: str) -> Malformed:
        return Malformed(f"{self._where}.{name} is not {wanted}")

    def maybe(self, name: str, read: Callable[[str], T]) -> T | None:
        """None when the field is missing or null, otherwise what `read` makes of it."""
        return None if self._data.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._data.get(name)
        if not isinstance(value, str) or not value:
            raise self._wrong(name, "a text")
        return value

    def choice(self, name: str, kind: type[E]) -> E:
        """One of the words of `kind`."""
        try:
            return kind(self._data.get(name))
        except ValueError:
            raise self._wrong(name, "one of " + ", ".join(str(item.value) for item in kind)) from None

    def moment(self, name: str) -> datetime:
        """ISO 8601 with any offset; given back in UTC."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._wrong(name, "an ISO 8601 time") from None
        if value.tzinfo is None:
            raise self._wrong(name, "a time with its offset")
        return value.astimezone(UTC)

    def day(self, name: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self._wrong(name, "a day (YYYY-MM-DD)") from None

    def texts(self, name: str) -> Texts:
        """At least one language with its text."""
        value = self._data.get(name)
        if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
            raise self._wrong(name, "an object of language to text")
        return {str(language): text for language, text in value.items()}

    def count(self, name: str) -> int:
        """A whole number from 1 up."""
        value = self._data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong(name, "a whole number from 1 up")
        return value

    def price(self, name: str) -> Decimal:
        """Euros, as text or number."""
        value = self._data.get(name)
        try:
            price = Decimal(str(value))
        except InvalidOperation:
            raise self._wrong(name, "a price") from None
        if not price.is_finite():
            raise self._wrong(name, "a price")
        return price

    def codes(self, name: str) -> tuple[str, ...]:
        """A list of texts, may be empty."""
        value = self._data.get(name)
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            raise self._wrong(name, "a list of texts")
        return tuple(value)

    def items(self, name: str) -> list["Fields"]:
        """A list of objects, each knowing its place in the answer."""
        value = self._data.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return [Fields(item, f"{self._where}.{name}[{index}]") for index, item in enumerate(value)]


def area(of: Fields, postal_code: str | None) -> Area:
    """The area of an answer; `postal_code` is the one that was asked for."""
    return Area(of.text("municipality"), of.text("municipality_sv"), of.codes("postal_codes"), postal_code)


def outage(of: Fields) -> Outage:
    """One outage; every time in UTC."""
    return Outage(
        id=of.text("id"),
        kind=of.choice("kind", OutageKind),
        service=of.choice("service", Service),
        municipality=of.maybe("municipality", of.text),
        postal_codes=of.codes("postal_codes"),
        state=of.choice("state", OutageState),
        cause=of.texts("cause"),
        started_at=of.moment("started_at"),
        estimated_end=of.maybe("estimated_end", of.moment),
        updated_at=of.moment("updated_at"),
        update=of.maybe("update", of.texts),
        fixed_at=of.maybe("fixed_at", of.moment),
    )


def order(of: Fields) -> Order:
    """One order, its history put oldest first."""
    return Order(
        number=of.text("number"),
        state=of.choice("state", OrderState),
        placed_at=of.moment("placed_at"),
        lines=tuple(_line(item) for item in of.items("lines")),
        history=tuple(sorted((_event(item) for item in of.items("history")), key=lambda event: event.at)),
        carrier=of.maybe("carrier", of.text),
        tracking_code=of.maybe("tracking_code", of.text),
        expected_on=of.maybe("expected_on", of.day),
        pickup_place=of.maybe("pickup_place", of.text),
    )


def _line(of: Fields) -> OrderLine:
    return OrderLine(of.text("name"), of.count("count"), of.maybe("price", of.price))


def _event(of: Fields) -> OrderEvent:
    return OrderEvent(of.moment("at"), of.choice("state", OrderState), of.maybe("note", of.texts))
