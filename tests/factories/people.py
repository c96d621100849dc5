"""People, programs and their credentials; time that stands still; passwords that are hashed in a millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from factories.actions import a_context
from fops.audit import AuditLog
from fops.auth import EVERYWHERE, Grant, Role, Scope
from fops.auth.credentials.sessions import Client
from fops.auth.model import Ceiling, Signed
from fops.auth.settings import AuthSettings
from fops.bootstrap import App
from fops.bootstrap.identity import Identity
from fops.kernel.context import RequestContext
from fops.kernel.settings import Secret
from fops.storage.database import Database

PASSWORD = "four words like these"
HOME = Client("192.0.2.1", "fops")
AWAY = Client("198.51.100.9", "something else")
KEY = Secret("an obviously fake key that is long enough")


class StillClock:
    """Time that moves when it is told."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return self._elapsed

    def move(self, **ahead: float) -> None:
        step = timedelta(**ahead)
        self._now += step
        self._elapsed += step.total_seconds()


class CountingHasher:
    """Real argon2id of the least cost, and how often it was asked."""

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        self.verified = 0

    def hash(self, password: str) -> str:
        return self._hash.hash(password)

    def verify_and_update(self, password: str, hash: str) -> tuple[bool, str | None]:  # noqa: A002 - as the library
        self.verified += 1
        return self._hash.verify_and_update(password, hash)


def an_identity(database: Database, folder: Path, clock: StillClock, **settings: Any) -> Identity:
    """The auth room over a database, with a trail of its own."""
    chosen = replace(AuthSettings(secret_key=(KEY,)), **settings)
    audit = AuditLog(folder / "audit", clock=clock, chain="node")
    return Identity(chosen, lambda: database, audit, clock, folder, hasher=CountingHasher())


def a_person(
    identity: Identity,
    name: str = "ada",
    role: Role | None = None,
    scope: Scope = EVERYWHERE,
    *,
    password: str = PASSWORD,
) -> str:
    """Somebody who has set their password."""
    actor = f"user:{name}"
    grant = Grant(subject=actor, role=role, scope=scope) if role else None
    invited = identity.people.add(a_context(), actor, grant)
    identity.people.accept(a_context(), invited["invitation_token"], password, name=None)
    return actor


def a_program(
    identity: Identity, name: str = "ci", role: Role | None = None, scope: Scope = EVERYWHERE
) -> str:
    """A service account."""
    actor = f"service:{name}"
    identity.people.add(a_context(), actor, Grant(subject=actor, role=role, scope=scope) if role else None)
    return actor


def a_session(identity: Identity, actor: str, client: Client = HOME) -> Signed:
    """A session of somebody, without a password."""
    return identity.sessions.open(a_context(), actor, client)


def a_token(
    identity: Identity, actor: str, role: Role = Role.ADMIN, scope: Scope = EVERYWHERE, *, days: int = 30
) -> Mapping[str, Any]:
    """A personal token."""
    return identity.tokens.create(
        a_context(actor=actor), actor, "a token", Ceiling(role=role, scope=scope), days=days
    )


def as_actor(actor: str, credential: str | None = None) -> RequestContext:
    """A request by somebody."""
    return a_context(actor=actor, door="api", credential=credential)


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def signed_in(house: App, name: str, role: Role | None = None, scope: Scope = EVERYWHERE) -> dict[str, str]:
    """The header of a new person with a role, signed in to a house; no password is ever hashed for it."""
    actor = f"user:{name}"
    ctx = house.context(door="test")
    house.identity.people.add(ctx, actor, Grant(subject=actor, role=role, scope=scope) if role else None)
    return bearer(house.identity.sessions.open(ctx, actor, HOME).access_token)
