"""The nouns of this room. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from fops.kernel.errors import UsageError

Kind = Literal["user", "service"]
"""A person, or a program's own account."""

LOCAL = "local:"
"""How the person at the machine is called: whoever may read the database may do everything."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,61}[a-z0-9])?")


class Role(StrEnum):
    """What somebody may do, least first; each may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"

    def reaches(self, least: Role) -> bool:
        """Whether this role is at least another."""
        order = list(Role)
        return order.index(self) >= order.index(least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where something happens, or where a grant counts; what is None is any."""

    team: str | None = None
    service: str | None = None
    environment: str | None = None

    def covers(self, other: Scope) -> bool:
        """Whether everything that is in the other is in this one."""
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.team, other.team),
                (self.service, other.service),
                (self.environment, other.environment),
            )
        )

    def __str__(self) -> str:
        parts = (("team", self.team), ("service", self.service), ("environment", self.environment))
        return ", ".join(f"{name} {value}" for name, value in parts if value) or "everywhere"


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that a subject (an actor) has within a scope."""

    subject: str
    role: Role
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Above what a personal token's owner may no longer act through it."""

    role: Role
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one query knows of an actor and the credential they came by. `alive` is False once either has ended."""

    alive: bool
    grants: tuple[Grant, ...] = ()
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a token speaks for; `credential` is the id of its session, or its own."""

    tenant: str
    actor: str
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An open session's tokens; `expires_in` is what the access token lives, in seconds."""

    actor: str
    session: str
    access_token: str
    refresh_token: str
    expires_in: int


def actor_of(name: str, kind: Kind = "user") -> str:
    """The actor of a name. Raises UsageError for what is no name."""
    if not is_name(name):
        raise UsageError(
            f"{name!r} is no name",
            hint="1 to 63 of a-z 0-9 . _ @ -, beginning and ending with a letter or digit",
        )
    return f"{kind}:{name}"


def is_name(text: str) -> bool:
    """Whether a person or service account may be called so."""
    return _NAME.fullmatch(text) is not None


def account(text: str) -> str:
    """The actor that `ada`, `user:ada` or `service:ci` means. Raises UsageError."""
    kind, mark, name = text.partition(":")
    if not mark:
        return actor_of(text)
    if kind not in {"user", "service"}:
        raise UsageError(f"{text!r} is no account", hint="user:NAME or service:NAME")
    return actor_of(name, "service" if kind == "service" else "user")


def is_local(actor: str) -> bool:
    """Whether an actor is the person at the machine."""
    return actor.startswith(LOCAL)
