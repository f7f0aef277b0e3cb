"""Reads the demo data into the protocol's own types, so that a wrong word in a file is found at once."""

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from actions.backend.demo.moments import day, moment
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
)

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Demo:
    """Everything that Revontuli's systems know, as of one moment."""

    areas: list[Area]
    outages: list[Outage]
    orders: list[Order]


def read_demo(now: datetime) -> Demo:
    """The files of this folder with their relative times counted from `now` (aware)."""
    shop = _yaml("orders.yml")
    return Demo(
        areas=_areas(),
        outages=[_outage(entry, now) for entry in _yaml("outages.yml")],
        orders=[_order(entry, shop["products"], now) for entry in shop["orders"]],
    )


def _yaml(name: str) -> Any:
    return yaml.safe_load((_HERE / name).read_text("utf-8"))


def _areas() -> list[Area]:
    with (_HERE / "areas.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [Area(row["municipality"], row["municipality_sv"], tuple(row["postal_codes"].split())) for row in rows]


def _outage(entry: dict[str, Any], now: datetime) -> Outage:
    def maybe(name: str) -> datetime | None:
        return moment(entry[name], now) if name in entry else None

    return Outage(
        id=entry["id"],
        kind=OutageKind(entry["kind"]),
        service=Service(entry["service"]),
        municipality=entry.get("municipality"),
        postal_codes=tuple(entry.get("postal_codes", ())),
        state=OutageState(entry["state"]),
        cause=entry["cause"],
        started_at=moment(entry["started_at"], now),
        estimated_end=maybe("estimated_end"),
        updated_at=moment(entry["updated_at"], now),
        update=entry.get("update"),
        fixed_at=maybe("fixed_at"),
    )


def _order(entry: dict[str, Any], products: dict[str, dict[str, Any]], now: datetime) -> Order:
    history = tuple(_event(step, now) for step in entry["history"])
    return Order(
        number=entry["number"],
        state=history[-1].state,
        placed_at=history[0].at,
        lines=tuple(_line(products[key], count) for key, count in entry["lines"].items()),
        history=history,
        carrier=entry.get("carrier"),
        tracking_code=entry.get("tracking_code"),
        expected_on=day(entry["expected_on"], now) if "expected_on" in entry else None,
        pickup_place=entry.get("pickup_place"),
    )


def _event(step: list[Any], now: datetime) -> OrderEvent:
    """`[when, state]` or `[when, state, {language: note}]`."""
    return OrderEvent(moment(step[0], now), OrderState(step[1]), step[2] if len(step) > 2 else None)


def _line(product: dict[str, Any], count: int) -> OrderLine:
    return OrderLine(product["name"], count, Decimal(product["price"]))
