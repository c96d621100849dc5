"""Passwords: what one may be, and argon2id hashes of them.

Hashing costs 64 MiB and some 150 ms of CPU: only where somebody signs in or sets a password, never for a request, and the
doors let two at a time through.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from fops.kernel.errors import UsageError

LEAST, MOST = 12, 256
"""Letters. The least as NIST SP 800-63B-4 for one factor and practice lie between 8 and 15; the most bounds the work."""


class Hasher(Protocol):
    """How a password is hashed and compared: `pwdlib.PasswordHash`."""

    def hash(self, password: str) -> str:
        """A salted hash."""

    def verify_and_update(self, password: str, hash: str) -> tuple[bool, str | None]:  # noqa: A002 - the library's name
        """Whether it is the password, and a new hash where the old one is weaker than today's."""


class Passwords:
    """Hashes and compares; the comparison costs the same whether the account exists or not."""

    def __init__(self, hasher: Hasher | None = None) -> None:
        self._given = hasher

    def hash(self, password: str, *, name: str) -> str:
        """The hash of a new password of a person. Raises UsageError for one that is too easy."""
        check(password, name=name)
        return self._hasher.hash(password)

    def matches(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether a password is the one that was kept, and a stronger hash to keep from now on."""
        if len(password) > MOST:
            password = ""  # nobody's, but the comparison is paid for all the same
        right, newer = self._hasher.verify_and_update(password, kept or self._nobody)
        return (right, newer) if kept else (False, None)

    @cached_property
    def _hasher(self) -> Hasher:
        from pwdlib import PasswordHash  # noqa: PLC0415 - only who signs somebody in needs argon2

        return self._given or PasswordHash.recommended()

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("the password of an account that is not there")


def check(password: str, *, name: str) -> None:
    """Refuse what is too easy to guess. Raises UsageError, which never shows it."""
    hint = "a sentence of a few words is easy to remember and hard to guess"
    if len(password) < LEAST:
        raise UsageError(f"a password needs at least {LEAST} letters", hint=hint)
    if len(password) > MOST:
        raise UsageError(f"a password has at most {MOST} letters", hint=hint)
    if len(set(password)) < 5 or _is_mostly(password.casefold(), name.casefold()):
        raise UsageError("the password is a repetition, or the name of its owner", hint=hint)


def _is_mostly(password: str, name: str) -> bool:
    """Whether little is left of a password without the name of its owner."""
    return len(name) > 2 and len(password.replace(name, "")) < LEAST // 2
