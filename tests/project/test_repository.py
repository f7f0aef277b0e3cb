"""What is in the repository is the product's: readable files, no traces of a workplace, a README that is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GIT = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
FILES = sorted(path for name in GIT.split("\0") if name and (path := ROOT / name).is_file())
MOST_LINES = 400
CODE = (".py", ".js", ".css", ".html", ".toml", ".md", ".sh", "")
THIS = Path(__file__)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts() -> list[tuple[str, str]]:
    """Return name and content of every text file in the repository but this one."""
    found = []
    for path in FILES:
        if path != THIS and b"\0" not in (raw := path.read_bytes()):
            found.append((name_of(path), raw.decode("utf-8")))
    return found


PLACES = re.compile(r"(?<![\w.])/(work|home|root|Users|mnt)/\w|/tmp/\w+/|[A-Z]:\\Users|\.(internal|corp|lan)\b")


def test_no_path_and_no_host_of_a_workplace() -> None:
    assert [(name, match.group()) for name, text in texts() for match in PLACES.finditer(text)] == []


def test_packages_come_from_the_public_index() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([^/\"]+)", lock))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_nothing_is_left_to_be_done() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [(name, match.group()) for name, text in texts() for match in marks.finditer(text)] == []


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.suffix in CODE and ".min." not in path.name and path.name != "LICENSE"],
    ids=name_of,
)
def test_files_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_bytes().splitlines()) <= MOST_LINES


def test_no_secret_lies_about() -> None:
    keys = re.compile(
        r"\bEAA[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{20,}|\bAKIA[A-Z0-9]{16}"
    )
    assert [name for name, text in texts() if keys.search(text)] == []
    assert not [path for path in FILES if path.name == ".env"]


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_make_targets_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s#])", "\n".join(_code(readme()))))
    assert {"demo", "test"} <= named <= targets


def test_commands_in_the_readme_exist() -> None:
    from bot.cli import cli

    known = {
        command.name or (command.callback.__name__ if command.callback else "") for command in cli.registered_commands
    }
    known |= {str(group.name) for group in cli.registered_groups}
    named = set(re.findall(r"^(?:\.venv/bin/|uv run )?bot ([a-z]+)\b", "\n".join(_code(readme())), re.M))
    assert named <= known


def test_files_named_in_the_readme_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", readme()) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def _code(markdown: str) -> list[str]:
    """Return what stands in code blocks and between backticks."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", markdown, re.S)
    return [*blocks, *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", markdown)]
