"""Rasa parses each YAML file ten times and more while it trains or loads a model; here each text is parsed once.

Measured on the starter content: most of loading a model, and more than a third of training.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

import rasa.shared.utils.io

_read_yaml = rasa.shared.utils.io.read_yaml
TEXTS_KEPT = 512


@lru_cache(TEXTS_KEPT)
def _parsed(content: str, reader_type: tuple[str, ...]) -> Any:
    return _read_yaml(content, reader_type[0] if len(reader_type) == 1 else list(reader_type))


def _read_once(content: str, reader_type: str | list[str] = "safe") -> Any:
    """Return what Rasa's `read_yaml` returns, a copy of its own for each caller."""
    kind = (reader_type,) if isinstance(reader_type, str) else tuple(reader_type)
    return copy.deepcopy(_parsed(content, kind))


def parse_each_text_once() -> None:
    """Let Rasa read YAML through the memory; calling it again changes nothing."""
    rasa.shared.utils.io.read_yaml = _read_once


def forget() -> None:
    """Give the memory back when loading or training is over."""
    _parsed.cache_clear()
