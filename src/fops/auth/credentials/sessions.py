"""Sessions: opened at sign-in, carried on by refresh tokens that count once, ended by their owner or by a token used twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fops.auth.credentials import opaque
from fops.auth.credentials.access import AccessTokens
from fops.auth.model import Bearer, Signed
from fops.auth.settings import AuthSettings
from fops.auth.store import credentials as store
from fops.auth.store import people
from fops.kernel.clock import Clock, isoformat, parse
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotSignedIn
from fops.kernel.ids import new_id
from fops.storage.database import Database

OVERLAP = timedelta(seconds=10)
"""In which the same client may send a refresh token again: two threads of it, or an answer that was lost."""

_AGAIN = "sign in again: `fops auth login`"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from: an address as `entry.attempts.address_key` writes it, and what the program calls itself."""

    address: str
    program: str = ""

    @property
    def mark(self) -> str:
        """By which the same client is known again, without keeping more of it."""
        return hashlib.sha256(f"{self.address}\0{self.program}".encode()).hexdigest()[:32]


class Reused(NotSignedIn):
    """A refresh token came back that was used before: somebody has a copy, so the session was ended."""

    def __init__(self, actor: str, session: str) -> None:
        super().__init__("the refresh token was used before, so its session has ended", hint=_AGAIN)
        self.actor = actor
        self.session = session


class Sessions:
    """Opens, refreshes and ends sessions."""

    def __init__(
        self, database: Database, clock: Clock, access: AccessTokens, settings: AuthSettings
    ) -> None:
        self._database = database
        self._clock = clock
        self._access = access
        self._idle = timedelta(days=settings.refresh_days)
        self._longest = timedelta(days=settings.session_days)

    def open(self, ctx: RequestContext, actor: str, client: Client) -> Signed:
        """A new session of an actor whose password was right."""
        now, identifier, refresh = self._clock.now(), new_id("ses"), opaque.make("rt")
        at = isoformat(now)
        with self._database.write() as connection:
            store.drop_refresh(connection, ctx, before=at)
            store.open_session(
                connection, ctx, id=identifier, actor=actor, address=client.address, client=client.program[:200],
                opened_at=at, used_at=at, expires_at=isoformat(now + self._longest),
            )  # fmt: skip
            store.add_refresh(
                connection, ctx, opaque.hashed(refresh), identifier, at=at, until=self._idle_end()
            )
        return self._signed(ctx, actor, identifier, refresh)

    def refresh(self, ctx: RequestContext, token: str, client: Client) -> Signed:
        """New tokens for a refresh token. Raises NotSignedIn, Reused."""
        if not opaque.is_token(token, "rt"):
            raise NotSignedIn("the refresh token is not one of this server", hint=_AGAIN)
        with self._database.write() as connection:
            at, row = isoformat(self._clock.now()), store.refresh(connection, ctx, opaque.hashed(token))
            session = store.session(connection, ctx, row["session"]) if row else None
            if row is None or session is None or not self._counts(connection, ctx, row, session):
                raise NotSignedIn("the session has ended", hint=_AGAIN)
            following = self._next(connection, ctx, token, row, client)
            if following is not None:
                store.touch_session(connection, ctx, session["id"], at=at)
                return self._signed(ctx, session["actor"], session["id"], following)
            store.end_sessions(connection, ctx, at=at, why="a refresh token was used twice", id=session["id"])
        raise Reused(session["actor"], session["id"])

    def _counts(self, connection: Any, ctx: RequestContext, row: store.Row, session: store.Row) -> bool:
        at = isoformat(self._clock.now())
        person = people.one(connection, ctx, session["actor"])
        able = person is not None and not person["disabled_at"]
        return able and not session["ended_at"] and session["expires_at"] > at and row["expires_at"] > at

    def _next(
        self, connection: Any, ctx: RequestContext, token: str, row: store.Row, client: Client
    ) -> str | None:
        """The token that follows: made at the first use, and found again by the same client for a moment; else None."""
        at = isoformat(self._clock.now())
        candidates = [opaque.make("rt", secret) for secret in self._access.keys.derive("refresh", token)]
        if store.use_refresh(connection, ctx, row["hash"], at=at, by=client.mark):
            made = opaque.hashed(candidates[0])
            store.add_refresh(connection, ctx, made, row["session"], at=at, until=self._idle_end())
            return candidates[0]
        used = store.refresh(connection, ctx, row["hash"]) or row
        if used["used_by"] != client.mark or self._clock.now() - parse(used["used_at"]) > OVERLAP:
            return None
        for one in candidates:  # the signing key may have changed in between
            child = store.refresh(connection, ctx, opaque.hashed(one))
            if child is not None:
                return one if child["used_at"] is None else self._next(connection, ctx, one, child, client)
        return None

    def end(self, ctx: RequestContext, *, why: str, **exactly: str) -> int:
        """End the sessions with these values (`id`, `actor`); how many there were."""
        with self._database.write() as connection:
            return store.end_sessions(connection, ctx, at=isoformat(self._clock.now()), why=why, **exactly)

    def of(self, ctx: RequestContext, actor: str) -> list[store.Row]:
        """The sessions of an actor that still count, newest first."""
        with self._database.read() as connection:
            return store.sessions_of(connection, ctx, actor, at=isoformat(self._clock.now()))

    def _signed(self, ctx: RequestContext, actor: str, session: str, refresh: str) -> Signed:
        token = self._access.issue(Bearer(tenant=ctx.tenant, actor=actor, credential=session))
        return Signed(
            actor=actor,
            session=session,
            access_token=token,
            refresh_token=refresh,
            expires_in=self._access.seconds,
        )

    def _idle_end(self) -> str:
        return isoformat(self._clock.now() + self._idle)
