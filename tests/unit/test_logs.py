"""Logs name places and types, never words; checked in a process of its own, as a worker sets them up."""

from __future__ import annotations

import subprocess
import sys

from bot.config import ROOT
from bot.logs import describe

WORDS = "mun tunnus on 131052-308T"


def test_an_error_is_told_by_its_place_and_type() -> None:
    try:
        int(WORDS)
    except ValueError as error:
        told = describe(error)
    assert told.startswith("builtins.ValueError at ")
    assert "test_logs.py:" in told
    assert WORDS not in told


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert describe(KeyError(WORDS)) == "builtins.KeyError"


SCRIPT = f"""
import logging, structlog
from bot.logs import set_up_logs
set_up_logs()
for name in ("rasa.core.processor", "rasa_sdk.executor", "sqlalchemy.engine", "aiohttp.access", "sanic.root"):
    logging.getLogger(name).error("%s", {WORDS!r})
structlog.get_logger("rasa").error({WORDS!r})
logging.getLogger("bot.turns").warning("turn of inbox rows %s failed", [17])
logging.getLogger("bot.turns").debug("not shown")
"""


def test_libraries_that_log_words_are_silent() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert WORDS not in run.stderr + run.stdout
    assert "WARNING bot.turns turn of inbox rows [17] failed" in run.stderr
    assert "not shown" not in run.stderr
