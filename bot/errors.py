"""Every error of the product, as one tree.

AspaError
  ConfigError        the installation must be changed before it can start
  BadRequest         what came in cannot be used; the answer says why
    BadSignature     not signed by Meta, or with another secret
  SendError          the Graph API did not take a request; carries the decision
  TurnFailed         a turn of the bot raised; it is tried again
  Conflict           somebody else was first
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AspaError(Exception):
    """Base of all errors of the product."""


class ConfigError(AspaError):
    """A setting is missing or wrong; the message names it and never shows its value."""


class BadRequest(AspaError):
    """What came in cannot be used."""


class BadSignature(BadRequest):
    """The body is not signed with one of our app secrets."""


class TurnFailed(AspaError):
    """A turn of the bot raised. The cause is chained; its text may hold customers' words and is not logged."""


class Conflict(AspaError):
    """Somebody else changed the same thing first; the message says who has it now."""


class Verdict(StrEnum):
    """What to do after a failed send (meta-platform 3.3)."""

    REPEAT = "repeat"  # surely not sent: send again after a pause
    UNKNOWN = "unknown"  # may have been sent: wait for its echo or status first
    DEAD = "dead"  # will never go: give up this reply
    STOP = "stop"  # the account cannot send: give up nothing, stop and tell the operator


@dataclass
class SendError(AspaError):
    """A request to the Graph API that did not succeed, with what to do about it."""

    verdict: Verdict
    reason: str
    code: int | None = None
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.reason} (code {self.code})" if self.code is not None else self.reason
