"""People and service accounts: added, invited, disabled, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fops.auth.credentials import opaque
from fops.auth.entry.passwords import Passwords
from fops.auth.model import EVERYWHERE, Grant, Role, Scope, actor_of
from fops.auth.store import credentials
from fops.auth.store import people as store
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound, NotSignedIn, UsageError
from fops.storage.database import Database

_FIRST = "user:"
"""Whom the set-up token is for: whoever comes first, and names themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Keeps accounts and grants. An admin always remains: the last one is neither disabled nor demoted."""

    database: Database
    clock: Clock
    passwords: Passwords
    invitation_hours: int

    def found(self, ctx: RequestContext, name: str, password: str) -> str:
        """Make the first admin on a data directory; the actor. Raises UsageError where people are already."""
        hashed = self.passwords.hash(password, name=name)
        actor = actor_of(name)
        with self.database.write() as connection:
            if store.count(connection, ctx):
                raise UsageError(
                    "there are people already",
                    hint="`fops auth user add` adds one, `fops auth user reset` lets one in again",
                )
            self._add_admin(connection, ctx, actor, hashed)
        return actor

    def none_yet(self, ctx: RequestContext) -> bool:
        """Whether nobody can sign in yet."""
        with self.database.read() as connection:
            return store.count(connection, ctx) == 0

    def setup_token(self, ctx: RequestContext) -> str:
        """A token by which the first person makes themselves admin; the one before counts no more."""
        return self._invitation(ctx, _FIRST)["invitation_token"]

    def add(self, ctx: RequestContext, actor: str, grant: Grant | None) -> Mapping[str, Any]:
        """A new account, for a person with an invitation. Raises UsageError when the name is taken."""
        with self.database.write() as connection:
            if store.one(connection, ctx, actor):
                raise UsageError(
                    f"{actor} is there already", hint="`fops auth user reset` lets them set a new password"
                )
            store.add(connection, ctx, actor, at=self._now())
            if grant is not None:
                store.grant(connection, ctx, grant, at=self._now())
        invited = self._invitation(ctx, actor) if actor.startswith("user:") else {}
        return {"actor": actor, "role": grant and grant.role.value} | invited

    def reset(self, ctx: RequestContext, actor: str) -> Mapping[str, Any]:
        """An invitation to set a new password; the old one and all sessions end. Raises NotFound, UsageError."""
        if not actor.startswith("user:"):
            raise UsageError(
                f"{actor} has no password", hint="a service account has tokens: `fops auth token create`"
            )
        with self.database.write() as connection:
            self._change(connection, ctx, actor, password=None, password_at=None)
            credentials.end_sessions(
                connection, ctx, at=self._now(), why="the password was reset", actor=actor
            )
        return {"actor": actor} | self._invitation(ctx, actor)

    def disable(self, ctx: RequestContext, actor: str) -> Mapping[str, Any]:
        """Nothing by this actor counts from now on; sessions end. Raises NotFound, UsageError for the last admin."""
        with self.database.write() as connection:
            self._leave_an_admin(connection, ctx, actor)
            self._change(connection, ctx, actor, disabled_at=self._now())
            credentials.end_sessions(
                connection, ctx, at=self._now(), why="the account was disabled", actor=actor
            )
        return {"actor": actor, "disabled": True}

    def enable(self, ctx: RequestContext, actor: str) -> Mapping[str, Any]:
        """The account counts again, with the grants and tokens it had. Raises NotFound."""
        with self.database.write() as connection:
            self._change(connection, ctx, actor, disabled_at=None)
        return {"actor": actor, "disabled": False}

    def grant(self, ctx: RequestContext, grant: Grant) -> Mapping[str, Any]:
        """A role on a scope, in place of the one there. Raises NotFound, UsageError for the last admin."""
        with self.database.write() as connection:
            self._known(connection, ctx, grant.subject)
            if grant.scope == EVERYWHERE and grant.role is not Role.ADMIN:
                self._leave_an_admin(connection, ctx, grant.subject)
            store.grant(connection, ctx, grant, at=self._now())
        return shown(grant)

    def revoke(self, ctx: RequestContext, subject: str, scope: Scope) -> Mapping[str, Any]:
        """Take the role on exactly this scope back. Raises NotFound, UsageError for the last admin."""
        with self.database.write() as connection:
            if scope == EVERYWHERE:
                self._leave_an_admin(connection, ctx, subject)
            if not store.revoke(connection, ctx, subject, scope):
                raise NotFound(
                    f"{subject} has no role {scope}", hint="`fops auth role list` shows what there is"
                )
        return {"subject": subject, "scope": str(scope), "revoked": True}

    def granted(self, ctx: RequestContext, subject: str | None) -> list[store.Row]:
        """All grants, or those of one subject."""
        with self.database.read() as connection:
            return store.granted(connection, ctx, subject)

    def every(self, ctx: RequestContext) -> list[store.Row]:
        """All accounts with their grants, by name."""
        with self.database.read() as connection:
            accounts, grants = store.every(connection, ctx), store.granted(connection, ctx)
        return [
            row | {"roles": [shown_row(one) for one in grants if one["subject"] == row["actor"]]}
            for row in accounts
        ]

    def find(self, ctx: RequestContext, actor: str) -> store.Row | None:
        """An account with its password's hash."""
        with self.database.read() as connection:
            return store.one(connection, ctx, actor)

    def accept(self, ctx: RequestContext, token: str, password: str, *, name: str | None) -> str:
        """Set the password that an invitation asks for; its actor. `name` is for the first person alone.

        Raises NotSignedIn for an invitation that does not count, UsageError for a password or name that will not do.
        """
        refused = NotSignedIn("the invitation is unknown, used or expired", hint="ask for a new one")
        hashed = opaque.hashed(token)
        with self.database.read() as connection:
            shaped = opaque.is_token(token, "set" if name else "inv")
            invited = store.invited(connection, ctx, hashed, at=self._now()) if shaped else None
        if invited is None:
            raise refused
        actor = actor_of(name or "") if invited == _FIRST else invited
        kept = self.passwords.hash(password, name=actor.partition(":")[2])
        with self.database.write() as connection:
            if not store.use_invitation(connection, ctx, hashed, at=self._now()):
                raise refused
            if invited != _FIRST:
                self._refuse_disabled(connection, ctx, actor)
                self._change(connection, ctx, actor, password=kept, password_at=self._now())
            elif store.count(connection, ctx):
                raise refused
            else:
                self._add_admin(connection, replace(ctx, actor=actor), actor, kept)
        return actor

    def set_password(self, ctx: RequestContext, actor: str, password: str) -> None:
        """A new password; all sessions end. Raises NotFound, UsageError."""
        kept = self.passwords.hash(password, name=actor.partition(":")[2])
        with self.database.write() as connection:
            self._change(connection, ctx, actor, password=kept, password_at=self._now())
            credentials.end_sessions(
                connection, ctx, at=self._now(), why="the password was changed", actor=actor
            )

    def keep_hash(self, ctx: RequestContext, actor: str, hashed: str) -> None:
        """The same password by today's measure of strength."""
        with self.database.write() as connection:
            store.change(connection, ctx, actor, password=hashed)

    def _invitation(self, ctx: RequestContext, actor: str) -> dict[str, str]:
        token, now = opaque.make("set" if actor == _FIRST else "inv"), self.clock.now()
        until = isoformat(now + timedelta(hours=self.invitation_hours))
        with self.database.write() as connection:
            store.invite(connection, ctx, opaque.hashed(token), actor, at=isoformat(now), until=until)
        return {"invitation_token": token, "expires_at": until}

    def _add_admin(self, connection: Any, ctx: RequestContext, actor: str, hashed: str) -> None:
        store.add(connection, ctx, actor, at=self._now())
        store.change(connection, ctx, actor, password=hashed, password_at=self._now())
        store.grant(connection, ctx, Grant(subject=actor, role=Role.ADMIN), at=self._now())

    def _change(self, connection: Any, ctx: RequestContext, actor: str, **values: str | None) -> None:
        if not store.change(connection, ctx, actor, **values):
            raise _unknown(actor)

    def _known(self, connection: Any, ctx: RequestContext, actor: str) -> None:
        if store.one(connection, ctx, actor) is None:
            raise _unknown(actor)

    def _refuse_disabled(self, connection: Any, ctx: RequestContext, actor: str) -> None:
        row = store.one(connection, ctx, actor)
        if row is None or row["disabled_at"]:
            raise NotSignedIn("the account is disabled", hint="an admin can enable it")

    def _leave_an_admin(self, connection: Any, ctx: RequestContext, actor: str) -> None:
        if store.admins(connection, ctx) == [actor]:
            raise UsageError(
                f"{actor} is the last admin", hint="make somebody else admin first: `fops auth role grant`"
            )

    def _now(self) -> str:
        return isoformat(self.clock.now())


def shown(grant: Grant) -> dict[str, Any]:
    """A grant as JSON."""
    where = grant.scope
    return {
        "subject": grant.subject,
        "role": grant.role.value,
        "team": where.team,
        "service": where.service,
        "environment": where.environment,
    }


def shown_row(row: store.Row) -> dict[str, Any]:
    """A kept grant as JSON, without its subject."""
    return {name: row[name] for name in ("role", "team", "service", "environment")}


def _unknown(actor: str) -> NotFound:
    return NotFound(
        f"no account {actor!r}", hint="`fops auth user list` shows all; a program is service:NAME"
    )
