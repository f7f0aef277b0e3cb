"""Training the model from the project's files, only when they have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ConfigError

MODEL = "aspa.tar.gz"
SOURCES = ("config.yml", "domain.yml", "data", "bot/dialogue/nlu")


def newest_model(project: Path) -> Path:
    """Return the trained model; raise `ConfigError` when there is none."""
    model = project / "models" / MODEL
    if not model.exists():
        raise ConfigError("there is no trained model yet; run `bot train`")
    return model


def is_fresh(project: Path) -> bool:
    """Tell whether the model was trained from the files as they are now."""
    mark = _mark(project)
    return (project / "models" / MODEL).exists() and mark.exists() and mark.read_text() == fingerprint(project)


def fingerprint(project: Path) -> str:
    """Return one value for all that training reads."""
    digest = hashlib.sha256()
    for path in sorted(_sources(project)):
        digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def train(project: Path) -> Path:
    """Train and return the model; raise `ConfigError` when Rasa finds the content unusable."""
    import rasa  # loads slowly; only training needs all of it

    from bot.dialogue.parsed_once import parse_each_text_once

    parse_each_text_once()
    mark = fingerprint(project)
    result = rasa.train(
        domain=str(project / "domain.yml"),
        config=str(project / "config.yml"),
        training_files=[str(project / "data")],
        output=str(project / "models"),
        fixed_model_name=MODEL.removesuffix(".tar.gz"),
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise ConfigError("the model could not be trained; `bot check` says what is wrong with the content")
    _mark(project).write_text(mark)
    return Path(result.model)


def _mark(project: Path) -> Path:
    return project / "models" / "trained-from"


def _sources(project: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = project / name
        if path.is_file():
            yield path
        else:
            yield from (file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")
