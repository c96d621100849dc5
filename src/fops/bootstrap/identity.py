"""Wiring of the auth room: everything that knows who asks, over one database and one trail, built when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fops.auth.settings import AuthSettings
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext

if TYPE_CHECKING:
    from fops.actions import Action
    from fops.audit import AuditLog
    from fops.auth.authority import Authority, TeamOf
    from fops.auth.credentials.access import AccessTokens
    from fops.auth.credentials.keys import Keys
    from fops.auth.credentials.sessions import Sessions
    from fops.auth.credentials.tokens import PersonalTokens
    from fops.auth.entry.passwords import Hasher
    from fops.auth.entry.sign_in import SignIn
    from fops.auth.model import Standing
    from fops.auth.people import People
    from fops.storage.database import Database

STRANGER = "nobody"
"""The actor of who has shown no credential yet."""


class Identity:
    """Who asks, and what they may do. `home` is the data directory, where a signing key may lie; tests bring a hasher."""

    def __init__(
        self,
        settings: AuthSettings,
        database: Callable[[], Database],
        audit: AuditLog,
        clock: Clock,
        home: Path,
        *,
        team_of: TeamOf | None = None,
        hasher: Hasher | None = None,
    ) -> None:
        self._settings = settings
        self._find_database = database
        self._audit = audit
        self._clock = clock
        self._home = home
        self._team_of = team_of
        self._hasher = hasher

    @cached_property
    def authority(self) -> Authority:
        """What an actor may do. The database is opened when somebody asks who is not the person at this machine."""
        from fops.auth.authority import Authority  # noqa: PLC0415 - `fops --help` asks nobody

        return Authority(self._look, self._clock, team_of=self._team_of)

    @cached_property
    def people(self) -> People:
        """Accounts and grants."""
        from fops.auth.entry.passwords import Passwords  # noqa: PLC0415 - SQLAlchemy costs half a second
        from fops.auth.people import People  # noqa: PLC0415 - as above

        hours = self._settings.invitation_hours
        return People(
            database=self._database,
            clock=self._clock,
            passwords=Passwords(self._hasher),
            invitation_hours=hours,
        )

    @cached_property
    def tokens(self) -> PersonalTokens:
        """Personal tokens."""
        from fops.auth.credentials.tokens import PersonalTokens  # noqa: PLC0415 - as people

        return PersonalTokens(self._database, self._clock)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions; what signs is only asked for when one is opened."""
        from fops.auth.credentials.sessions import Sessions  # noqa: PLC0415 - as people

        return Sessions(self._database, self._clock, self._access, self._settings)

    @cached_property
    def sign_in(self) -> SignIn:
        """The way in. Raises UsageError, StorageFailed where there is nothing to sign with."""
        from fops.auth.entry.attempts import Attempts  # noqa: PLC0415 - as people
        from fops.auth.entry.sign_in import SignIn  # noqa: PLC0415 - as people

        self._access.keys  # noqa: B018 - a server says at its start that it cannot sign, not at the first sign-in
        return SignIn(
            people=self.people, sessions=self.sessions, tokens=self.tokens, access=self._access,
            attempts=Attempts(self._database, self._clock), passwords=self.people.passwords, authority=self.authority,
            audit=self._audit,
        )  # fmt: skip

    def found(self, ctx: RequestContext, name: str, password: str) -> str:
        """Make the first admin of this data directory; the actor. Raises UsageError where people are already."""
        from fops.audit import Outcome  # noqa: PLC0415 - as people

        actor = self.people.found(ctx, name, password)
        self._audit.append(ctx, action="auth.init", target=actor, outcome=Outcome.SUCCEEDED)
        return actor

    def actions(self) -> tuple[Action, ...]:
        """What the registry offers of this room."""
        from fops.actions.own.identity import Accounts  # noqa: PLC0415 - pydantic comes with it

        return Accounts(self.people, self.sessions, self.tokens, self.authority).actions()

    @cached_property
    def _access(self) -> AccessTokens:
        from fops.auth.credentials.access import AccessTokens  # noqa: PLC0415 - as people

        chosen = self._settings
        return AccessTokens(
            self._keys, self._clock, algorithm=chosen.algorithm, minutes=chosen.access_minutes
        )

    def _keys(self) -> Keys:
        from fops.auth.credentials.keys import keys_of  # noqa: PLC0415 - as people

        return keys_of(self._settings.secret_key, self._home, sqlite=self._database.kind == "sqlite")

    @property
    def _database(self) -> Database:
        return self._find_database()

    def _look(self, ctx: RequestContext) -> Standing:
        from fops.auth.store import people as store  # noqa: PLC0415 - as people

        with self._database.read() as connection:
            return store.standing(connection, ctx, at=isoformat(self._clock.now()))
