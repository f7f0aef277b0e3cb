"""What can be told to go wrong, while it runs. Chance comes from a seeded dice, so a run can be repeated."""

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bot.simulator.errors import Json

HOLDABLE = frozenset({"message", "postback", "reaction", "echo", "delivery", "read", "status"})


@dataclass
class Rule:
    """Hits the next `next` times, and besides by chance with `share` (0 to 1); only one contact if named."""

    next: int = 0
    share: float = 0.0
    contact: str | None = None

    def hits(self, dice: random.Random, contact: str | None) -> bool:
        """Whether it strikes now; counts down."""
        if self.contact not in (None, contact):
            return False
        if self.next > 0:
            self.next -= 1
            return True
        return self.share > 0 and dice.random() < self.share


@dataclass
class Failure(Rule):
    """Refuse with this Graph error."""

    code: int = 131000
    subcode: int | None = None
    http_status: int | None = None


@dataclass
class Delay(Rule):
    """Take the message, answer late: longer than the client waits."""

    seconds: float = 30.0


@dataclass
class Gathering:
    """Wait for `size` items, at most `seconds`, then let them go together. Size 1 does nothing."""

    size: int = 1
    seconds: float = 0.2


@dataclass
class Faults:
    """All switches; the resting state is a healthy Meta."""

    fail: Failure = field(default_factory=Failure)  # refused, nothing sent
    fail_later: Failure = field(default_factory=lambda: Failure(code=131026))  # WhatsApp: taken, then status failed
    lose: Rule = field(default_factory=Rule)  # connection dropped before the message was taken
    drop: Rule = field(default_factory=Rule)  # connection dropped after the message was taken
    delay: Delay = field(default_factory=Delay)
    duplicate: Rule = field(default_factory=Rule)  # the webhook comes twice
    batch: Gathering = field(default_factory=Gathering)  # several events in one webhook
    reorder: Gathering = field(default_factory=Gathering)  # several webhooks in shuffled order
    hold: list[str] = field(default_factory=list)  # kinds of events that are kept back until released
    seed: int = 1

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def change(self, wish: Json) -> None:
        """Merge a partial description; ValueError, with nothing changed, if a name or value makes no sense."""
        planned = [(name, _checked(self, name, value)) for name, value in wish.items()]
        for name, value in planned:
            if isinstance(value, dict):
                for key, inner in value.items():
                    setattr(getattr(self, name), key, inner)
            else:
                setattr(self, name, value)
        if "seed" in wish:
            self.dice = random.Random(self.seed)

    def as_json(self) -> Json:
        """Everything, in the form that `change` takes."""
        return asdict(self)


def _checked(faults: Faults, name: str, value: Any) -> Any:
    if name == "hold" and isinstance(value, list) and set(value) <= HOLDABLE:
        return value
    if name == "seed" and isinstance(value, int):
        return value
    group = getattr(faults, name, None) if name in {field.name for field in fields(faults)} else None
    if not isinstance(group, Rule | Gathering) or not isinstance(value, dict):
        raise ValueError(f"unknown fault or wrong value: {name}")
    for key, inner in value.items():
        _check_inner(group, f"{name}.{key}", key, inner)
    return value


def _check_inner(group: Rule | Gathering, path: str, key: str, value: Any) -> None:
    if key not in {field.name for field in fields(group)}:
        raise ValueError(f"unknown: {path}")
    if key in ("contact", "subcode", "http_status") and value is None:
        return
    if key == "contact":
        if not isinstance(value, str):
            raise ValueError(f"must be a string: {path}")
    elif isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"must be a number, not negative: {path}")
    elif (key == "share" and value > 1) or (key == "size" and not 1 <= value <= 1000):
        raise ValueError(f"out of range: {path}")
