"""A higher level imports a lower one, never back (docs/architecture.md): read from the source, without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = (
    ("model", "errors", "config", "logs", "clock"),
    ("channels", "store", "dialogue", "privacy", "hours", "passwords"),
    ("turns", "delivery", "subscriptions", "handoff", "content"),
    ("gateway", "desk", "studio", "insights", "simulator", "health"),
    ("app", "supervisor", "cli", "demo", "trial", "checks", "__main__", "__init__"),
)
LEVEL = {part: number for number, parts in enumerate(LEVELS) for part in parts}
SOURCES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))


def imports(source: str, package: str) -> Iterator[str]:
    """Yield every module that is imported anywhere in a source, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def modules_of(path: Path) -> set[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return set(imports(path.read_text(encoding="utf-8"), package))


def part_of(module: str) -> str | None:
    """Return the part of the product that a module belongs to: bot.store.inbox is of `store`."""
    names = module.split(".")
    return names[1] if names[0] == "bot" and len(names) > 1 else None


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def level_of(path: Path) -> int:
    return LEVEL[path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")]


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parts[-2:] != ("bot", "__init__.py")], ids=name_of)
def test_imports_only_go_down(path: Path) -> None:
    parts = {part for part in map(part_of, modules_of(path)) if part in LEVEL}
    if path.is_relative_to(ROOT / "actions"):
        assert not [module for module in modules_of(path) if module.split(".")[0] == "bot"]
    else:
        assert [part for part in parts if LEVEL[part] > level_of(path)] == []


def test_every_part_has_a_level() -> None:
    parts = {
        path.stem if path.is_file() else path.name for path in (ROOT / "bot").iterdir() if path.suffix in ("", ".py")
    }
    assert parts - {"__pycache__"} <= LEVEL.keys()


@pytest.mark.parametrize("path", sorted((ROOT / "bot" / "simulator").rglob("*.py")), ids=name_of)
def test_the_simulator_knows_nothing_of_the_product(path: Path) -> None:
    ours = {part for part in map(part_of, modules_of(path)) if part is not None}
    assert ours <= {"simulator"}
    assert not [module for module in modules_of(path) if module.split(".")[0] == "actions"]


FORBIDDEN = {
    "model.py": {"sqlalchemy", "aiohttp", "psycopg", "rasa"},
    "errors.py": {"sqlalchemy", "aiohttp", "psycopg", "rasa"},
    "clock.py": {"sqlalchemy", "aiohttp", "psycopg", "rasa"},
    "channels": {"sqlalchemy", "psycopg", "rasa", "bot.store", "bot.dialogue"},
    "store": {"aiohttp", "rasa", "bot.channels", "bot.dialogue"},
    "gateway.py": {"rasa", "bot.dialogue", "bot.turns"},
    "delivery.py": {"rasa", "bot.dialogue", "bot.turns"},
}


@pytest.mark.parametrize("part", FORBIDDEN)
def test_a_part_does_without_what_is_not_its_business(part: str) -> None:
    place = ROOT / "bot" / part
    found = {module for path in ([place] if place.is_file() else place.rglob("*.py")) for module in modules_of(path)}
    assert not [module for module in found for banned in FORBIDDEN[part] if f"{module}.".startswith(f"{banned}.")]


def test_the_reader_of_imports_sees_all_kinds() -> None:
    source = "import a.b\nfrom c import d\ndef f():\n    from . import e\n    from ..g import h\n"
    assert set(imports(source, "bot.store")) == {"a.b", "c", "c.d", "bot.store", "bot.store.e", "bot.g", "bot.g.h"}
