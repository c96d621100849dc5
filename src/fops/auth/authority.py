"""Authority: may this actor, by this credential, do this here?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from fops.auth.model import EVERYWHERE, Grant, Role, Scope, Standing, is_local
from fops.auth.permissions import LEAST, SIGNED_IN
from fops.kernel.clock import Clock
from fops.kernel.context import RequestContext

KEPT_SECONDS = 2.0  # how long a revocation on another node may go unseen
_MOST = 10_000  # credentials remembered: some megabytes

Look = Callable[[RequestContext], Standing]
TeamOf = Callable[[RequestContext, str], str | None]


def no_team(_ctx: RequestContext, _service: str) -> None:
    """Where no service has a team."""


@dataclass(frozen=True, slots=True)
class _Kept:
    standing: Standing
    until: float


class Authority:
    """Answers from the grants of an actor and the ceiling of their credential; denies what it does not know.

    `look` reads a standing in one query; it is kept for KEPT_SECONDS in this process. `team_of` names the team that a
    service belongs to. Local actors may do everything.
    """

    def __init__(self, look: Look, clock: Clock, *, team_of: TeamOf = no_team) -> None:
        self._look = look
        self._clock = clock
        self._team_of = team_of
        self._kept: OrderedDict[tuple[str, str, str | None], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def permits(self, ctx: RequestContext, permission: str, on: Scope = EVERYWHERE) -> bool:
        """Whether the actor has the permission on all of a scope."""
        if permission == SIGNED_IN or is_local(ctx.actor):
            return self.alive(ctx)
        least = LEAST.get(permission)
        if least is None:
            return False
        standing = self.standing(ctx)
        if on.service is not None and on.team is None and self._team_of is not None:
            on = replace(on, team=self._team_of(ctx, on.service))
        return standing.alive and _within(standing, least, on)

    def anywhere(self, ctx: RequestContext, permission: str) -> bool:
        """Whether the actor has the permission on any scope: what a door asks before it knows on what."""
        if permission == SIGNED_IN or is_local(ctx.actor):
            return self.alive(ctx)
        least, standing = LEAST.get(permission), self.standing(ctx)
        if least is None or not standing.alive:
            return False
        bounded = standing.ceiling is None or standing.ceiling.role.reaches(least)
        return bounded and any(grant.role.reaches(least) for grant in standing.grants)

    def alive(self, ctx: RequestContext) -> bool:
        """Whether actor and credential still count."""
        return is_local(ctx.actor) or self.standing(ctx).alive

    def kept(self, ctx: RequestContext) -> Standing | None:
        """The standing if it is known without a query."""
        found = self._kept.get(_key(ctx))
        return found.standing if found and found.until > self._clock.elapsed() else None

    def standing(self, ctx: RequestContext) -> Standing:
        """The actor's grants and the credential's ceiling."""
        kept = self.kept(ctx)
        if kept is not None:
            return kept
        fresh = _Kept(self._look(ctx), self._clock.elapsed() + KEPT_SECONDS)
        with self._lock:
            self._kept[_key(ctx)] = fresh
            self._kept.move_to_end(_key(ctx))
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return fresh.standing

    def forget(self) -> None:
        """Read everything anew: something of it was changed in this process."""
        with self._lock:
            self._kept.clear()

    def granted(self, ctx: RequestContext) -> tuple[Grant, ...]:
        """What the actor was granted, the highest role first; a local actor is admin everywhere."""
        if is_local(ctx.actor):
            return (Grant(subject=ctx.actor, role=Role.ADMIN),)
        order = list(Role)
        grants = self.standing(ctx).grants
        return tuple(sorted(grants, key=lambda one: (-order.index(one.role), str(one.scope))))


def _within(standing: Standing, least: Role, on: Scope) -> bool:
    ceiling = standing.ceiling
    if ceiling and not (ceiling.role.reaches(least) and ceiling.scope.covers(on)):
        return False
    return any(grant.role.reaches(least) and grant.scope.covers(on) for grant in standing.grants)


def _key(ctx: RequestContext) -> tuple[str, str, str | None]:
    return (ctx.tenant, ctx.actor, ctx.credential)
