"""Reading a request strictly: every look-up either gives a value of the right kind or refuses in the API's words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import GraphError, Json
from bot.simulator.limits import Limit


@dataclass(frozen=True)
class Checks:
    """The same checks for both APIs; only the code of the refusal differs."""

    missing: Callable[[str], GraphError]
    invalid: Callable[[str, str], GraphError]

    def text(self, where: Json, key: str, limit: Limit | None = None, *, path: str = "") -> str:
        """A non-empty string within the limit, counted in characters."""
        name, value = f"{path}{key}", where.get(key)
        if value is None or value == "":
            raise self.missing(name)
        if not isinstance(value, str):
            raise self.invalid(name, "must be a string")
        if limit and len(value) > limit.most:
            raise self.invalid(name, f"must be no more than {limit.most} characters long, is {len(value)}")
        return value

    def maybe_text(self, where: Json, key: str, limit: Limit | None = None, *, path: str = "") -> str:
        """The same, or an empty string where the key is absent."""
        return self.text(where, key, limit, path=path) if where.get(key) is not None else ""

    def object(self, where: Json, key: str, *, path: str = "") -> Json:
        """A JSON object."""
        value = where.get(key)
        if value is None:
            raise self.missing(f"{path}{key}")
        if not isinstance(value, dict):
            raise self.invalid(f"{path}{key}", "must be a JSON object")
        return value

    def items(self, where: Json, key: str, limit: Limit, *, path: str = "") -> list[Json]:
        """A list of one to `limit` JSON objects."""
        name, value = f"{path}{key}", where.get(key)
        if value is None:
            raise self.missing(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.invalid(name, "must be an array of JSON objects")
        if not 1 <= len(value) <= limit.most:
            raise self.invalid(name, f"must have 1 to {limit.most} elements, has {len(value)}")
        return value

    def one_of(self, where: Json, key: str, allowed: Iterable[str], *, path: str = "") -> str:
        """A string out of a closed set."""
        value, known = self.text(where, key, path=path), sorted(allowed)
        if value not in known:
            raise self.invalid(f"{path}{key}", "must be one of {" + ", ".join(known) + "}")
        return value

    def link(self, where: Json, key: str, *, path: str = "") -> str:
        """An absolute web address."""
        value = self.text(where, key, path=path)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise self.invalid(f"{path}{key}", "must be a valid URI")
        return value

    def only(self, where: Json, allowed: Iterable[str], path: str) -> None:
        """No keys that the API does not know: a typing error must not pass silently."""
        strange = sorted(set(where) - set(allowed))
        if strange:
            raise self.invalid(path, "Invalid keys " + ", ".join(f'"{key}"' for key in strange) + " were found")

    def distinct(self, values: list[Any], path: str) -> None:
        """No value twice."""
        if len(set(values)) != len(values):
            raise self.invalid(path, "must be unique")
