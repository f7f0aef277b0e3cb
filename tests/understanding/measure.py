"""Measures a trained model on the messages of this folder: `python tests/understanding/measure.py [MODEL] [--json]`.

Without MODEL it takes models/aspa.tar.gz. Prints a table, or one JSON object with --json.
"""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import statistics
import sys
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from rasa.core.agent import Agent

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
OUT_OF_SCOPE, FALLBACK = "out_of_scope", "nlu_fallback"
REFUSED = (OUT_OF_SCOPE, FALLBACK)
_CONFUSIONS = 25

Row = dict[str, str]
Parsed = dict[str, Any]


class Measured(NamedTuple):
    """A row of a table and what the model made of its text."""

    row: Row
    parsed: Parsed

    @property
    def intent(self) -> str:
        return str(self.parsed["intent"]["name"])

    @property
    def right(self) -> bool:
        return self.intent == self.row["intent"]


def rows(name: str) -> list[Row]:
    """The rows of one table of this folder."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def load(model: Path) -> Agent:
    """The model, ready to parse; Rasa's warnings about its own age are not ours to hear."""
    agent = Agent()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agent.load_model(model)
    return agent


async def parse(model: Path, texts: Sequence[str]) -> tuple[list[Parsed], float]:
    """What the model makes of each text, and the median time of one in milliseconds."""
    agent = load(model)
    parsed, took = [], []
    for text in texts:
        started = time.perf_counter()
        parsed.append(await agent.parse_message(text))
        took.append(time.perf_counter() - started)
    return parsed, statistics.median(took) * 1000


async def measure(model: Path) -> dict[str, Any]:
    """All figures; shares are 0..1."""
    tables = {name: rows(f"{name}.tsv") for name in ("unseen", "places", "languages")}
    parsed, median = await parse(model, [row["text"] for table in tables.values() for row in table])
    rest = iter(parsed)
    measured = {name: [Measured(row, next(rest)) for row in table] for name, table in tables.items()}
    return {
        **_intents(measured["unseen"]),
        "places": _share(_place_right, measured["places"]),
        "languages": _share(_language_right, measured["languages"]),
        "parse_ms": median,
    }


def _intents(unseen: Sequence[Measured]) -> dict[str, Any]:
    known = [one for one in unseen if one.row["intent"] != OUT_OF_SCOPE]
    strange = [one for one in unseen if one.row["intent"] == OUT_OF_SCOPE]
    return {
        "right": _by("language", _right, known),
        "right_by_kind": _by("kind", _right, known),
        "best_guess": _by("language", _best_guess_right, known),
        "answered": _by("language", lambda one: one.intent not in REFUSED, known),
        "refused": _by("language", lambda one: one.intent in REFUSED, strange),
        "refused_all": _share(lambda one: one.intent in REFUSED, strange),
        "confusions": _confusions(unseen),
    }


def _right(one: Measured) -> bool:
    return one.right


def _best_guess_right(one: Measured) -> bool:
    names = [ranked["name"] for ranked in one.parsed["intent_ranking"] if ranked["name"] not in REFUSED]
    return names[:1] == [one.row["intent"]]


def _place_right(one: Measured) -> bool:
    found = {entity["value"] for entity in one.parsed["entities"] if entity["entity"] == "place"}
    return found == ({one.row["place"]} - {"-"})


def _language_right(one: Measured) -> bool:
    return bool(one.parsed["language"]["code"] == one.row["language"])


def _by(column: str, test: Callable[[Measured], bool], measured: Iterable[Measured]) -> dict[str, float]:
    groups = defaultdict(list)
    for one in measured:
        groups[one.row[column]].append(one)
    return {group: _share(test, members) for group, members in sorted(groups.items())}


def _share(test: Callable[[Measured], bool], measured: Sequence[Measured]) -> float:
    return sum(map(test, measured)) / len(measured)


def _confusions(measured: Iterable[Measured]) -> list[tuple[str, str, int]]:
    pairs = Counter((one.row["intent"], one.intent) for one in measured if not one.right)
    return [(*pair, count) for pair, count in pairs.most_common(_CONFUSIONS)]


def _print(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            print(f"{name:15}", "  ".join(f"{group} {share:.1%}" for group, share in value.items()))
        elif isinstance(value, list):
            print(name)
            for wanted, got, count in value:
                print(f"  {count:3}  {wanted} taken for {got}")
        else:
            print(f"{name:15}", f"{value:.2f}" if name.endswith("_ms") else f"{value:.1%}")


def main(arguments: Sequence[str]) -> None:
    """See the module."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    models = [argument for argument in arguments if argument != "--json"]
    figures = asyncio.run(measure(Path(models[0]) if models else PROJECT / "models" / "aspa.tar.gz"))
    if "--json" in arguments:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _print(figures)


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))  # where the model's components are
    main(sys.argv[1:])
