"""Passwords of the desk's sign-ins: argon2id with the library's defaults (RFC 9106, low-memory profile)."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the hash to keep; takes some 50 ms of one core, so call it off the event loop."""
    return _HASHER.hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Tell whether the password belongs to the hash. None (an unknown name) takes the same time and is False."""
    try:
        return _HASHER.verify(hashed or nobodys_hash(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """Return a hash that no password fits, so that an unknown name is as slow as a known one."""
    return hash_password(secrets.token_urlsafe(32))
