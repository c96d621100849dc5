"""Personal access tokens: for programs, bounded by a ceiling, known by their hash."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fops.auth.credentials import opaque
from fops.auth.model import Bearer, Ceiling
from fops.auth.store import credentials as store
from fops.auth.store import people
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound, NotSignedIn, UsageError
from fops.kernel.ids import new_id
from fops.storage.database import Database

LONGEST_DAYS = 366
_MOST = 10_000  # tokens remembered
_TOUCH_SECONDS = 60.0  # between two writes of "last used"


@dataclass(frozen=True, slots=True)
class _Known:
    """What never changes of a token; whether it was revoked, the standing says."""

    bearer: Bearer
    expires_at: str


class PersonalTokens:
    """Makes, lists, revokes and recognises personal tokens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._touched: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def create(
        self, ctx: RequestContext, actor: str, name: str, ceiling: Ceiling, *, days: int
    ) -> Mapping[str, Any]:
        """A new token, which nobody sees again. Raises NotFound for an unknown account, UsageError."""
        token, identifier, now = opaque.make("pat"), new_id("pat"), self._clock.now()
        until = isoformat(now + timedelta(days=days))
        with self._database.write() as connection:
            owner = people.one(connection, ctx, actor)
            if owner is None:
                raise NotFound(f"no account {actor!r}", hint="`fops auth user list` shows all")
            if owner["disabled_at"]:
                raise UsageError(f"{actor} is disabled", hint=f"`fops auth user enable {actor}` first")
            store.add_token(
                connection, ctx, id=identifier, hash=opaque.hashed(token), actor=actor, name=name, role=ceiling.role.value,
                team=ceiling.scope.team, service=ceiling.scope.service, environment=ceiling.scope.environment,
                created_by=ctx.actor, created_at=isoformat(now), expires_at=until,
            )  # fmt: skip
        return {
            "id": identifier,
            "actor": actor,
            "name": name,
            "token": token,
            "role": ceiling.role.value,
            "expires_at": until,
        }

    def of(self, ctx: RequestContext, actor: str | None) -> list[store.Row]:
        """The tokens of an actor, or all, newest first, without what would let anybody use them."""
        with self._database.read() as connection:
            return store.tokens(connection, ctx, actor)

    def owner(self, ctx: RequestContext, identifier: str) -> str | None:
        """Whose token it is."""
        with self._database.read() as connection:
            row = store.token(connection, ctx, id=identifier)
        return None if row is None else str(row["actor"])

    def revoke(self, ctx: RequestContext, **exactly: str) -> int:
        """Revoke the tokens with these values (`id`, `actor`); how many there were."""
        with self._database.write() as connection:
            return store.revoke_tokens(connection, ctx, at=isoformat(self._clock.now()), **exactly)

    def remembered(self, token: str) -> Bearer | None:
        """Whom a token speaks for, if that is known without a query and no use of it has to be kept."""
        known = self._known.get(opaque.hashed(token))
        if known is None or self._is_due(known.bearer.credential):
            return None
        return self._unless_expired(known)

    def recognise(self, ctx: RequestContext, token: str) -> Bearer:
        """Whom a token speaks for. Raises NotSignedIn."""
        if not opaque.is_token(token, "pat"):
            raise NotSignedIn(
                "the token is not one of this server", hint="`fops auth token create` makes one"
            )
        hashed = opaque.hashed(token)
        known = self._known.get(hashed) or self._read(ctx, hashed)
        bearer = self._unless_expired(known)
        if self._is_due(bearer.credential):
            self._touch(ctx, bearer.credential)
        return bearer

    def _read(self, ctx: RequestContext, hashed: str) -> _Known:
        with self._database.read() as connection:
            row = store.token(connection, ctx, hash=hashed)
        if row is None or row["revoked_at"]:
            raise NotSignedIn(
                "the token is unknown or revoked", hint="`fops auth token create` makes a new one"
            )
        bearer = Bearer(tenant=row["tenant"], actor=row["actor"], credential=row["id"])
        known = _Known(bearer, row["expires_at"])
        self._remember(self._known, hashed, known)
        return known

    def _unless_expired(self, known: _Known) -> Bearer:
        if known.expires_at <= isoformat(self._clock.now()):
            raise NotSignedIn("the token has expired", hint="`fops auth token create` makes a new one")
        return known.bearer

    def _is_due(self, identifier: str) -> bool:
        return self._clock.elapsed() - self._touched.get(identifier, float("-inf")) > _TOUCH_SECONDS

    def _touch(self, ctx: RequestContext, identifier: str) -> None:
        self._remember(self._touched, identifier, self._clock.elapsed())
        with self._database.write() as connection:
            store.touch_token(connection, ctx, identifier, at=isoformat(self._clock.now()))

    def _remember(self, where: OrderedDict[str, Any], key: str, value: Any) -> None:
        with self._lock:
            where[key] = value
            while len(where) > _MOST:
                where.popitem(last=False)
