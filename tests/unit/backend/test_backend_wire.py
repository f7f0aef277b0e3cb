"""The JSON goes both ways without loss, and the guide's examples are true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from actions.backend import wire
from actions.backend.demo.read import read_demo
from actions.backend.wire import Fields, to_json
from tests.fakes.backend_server import NOW

DEMO = read_demo(NOW)
GUIDE = (Path(__file__).parents[3] / "docs" / "backend.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]


def through(value: object) -> Fields:
    return Fields(json.loads(json.dumps(to_json(value))), "answer")


def test_everything_survives_the_way_through_json() -> None:
    assert [wire.area(through(area), None) for area in DEMO.areas] == DEMO.areas
    assert [wire.outage(through(outage)) for outage in DEMO.outages] == DEMO.outages
    assert [wire.order(through(order)) for order in DEMO.orders] == DEMO.orders


def test_json_is_plain() -> None:
    assert json.loads(json.dumps(to_json(DEMO.orders))) == to_json(DEMO.orders)


def test_the_guide_shows_every_answer() -> None:
    found = [set(example) for example in EXAMPLES]
    assert [keys for keys in found if "municipality_sv" in keys]
    assert [keys for keys in found if "outages" in keys]
    assert [keys for keys in found if "history" in keys]
    assert {"error": "not_found"} in EXAMPLES


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if "error" not in each], ids=lambda each: next(iter(each))
)
def test_the_guide_is_read_as_it_says(example: dict[str, Any]) -> None:
    fields = Fields(example, "answer")
    if "outages" in example:
        assert to_json([wire.outage(item) for item in fields.items("outages")]) == example["outages"]
    elif "history" in example:
        assert to_json(wire.order(fields)) == example
    else:
        assert to_json(wire.area(fields, None)) == example | {"postal_code": None}


def test_the_guide_names_every_word_of_the_protocol() -> None:
    words = {str(value) for outage in DEMO.outages for value in (outage.kind, outage.service, outage.state)}
    words |= {str(order.state) for order in DEMO.orders}
    assert {word for word in words if f"`{word}`" not in GUIDE} == set()
