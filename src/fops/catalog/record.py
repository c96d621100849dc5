"""Catalog: services as a file or a person tells of them, looked at and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fops.catalog import store
from fops.catalog.model import Environment, Protection, Runtime, Service
from fops.catalog.registered import (
    Placed,
    Registered,
    as_json,
    as_row,
    changes,
    changes_told,
    gone,
    lines_of,
    same_place,
    without_credentials,
)
from fops.catalog.service_file import parse
from fops.kernel.canonical import digest_bytes
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy, NotFound, UsageError
from fops.kernel.formats import yaml_lines
from fops.kernel.ids import new_id
from fops.storage.database import Database

UNKNOWN = "unknown"
"""The language of a service that a person named without one."""

DEFAULT_PLACES = (
    Environment(name="staging", target=Runtime.K8S, protection=Protection.NONE),
    Environment(name="prod", target=Runtime.K8S, protection=Protection.APPROVAL),
)
"""Where a new service that a person named runs, unless told otherwise: as onboarding has it."""

_Pair = tuple[Registered | None, Registered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a person says of one service: `given` are fields of Service; what is left out stays as it was."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of services: the text of a service file under its path in the repository, or one by name."""

    text: str | None = None
    file: str = "fops.yaml"
    named: Named | None = None
    repository: str | None = None
    team: str | None = None


class Catalog:
    """The services of a database. Raises StorageFailed and Busy as the database does."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def names(self, told: Told) -> tuple[str, ...]:
        """The services that are meant. Raises FormatError, UsageError."""
        if (told.text is None) == (told.named is None):
            raise UsageError(
                "either the text of a service file or one service by name", hint="give one of both"
            )
        return (told.named.name,) if told.named else tuple(one.name for one in parse(told.text or "", name=told.file).services)  # fmt: skip

    def preview(self, ctx: RequestContext, told: Told) -> tuple[str, ...]:
        """What `add` would change, one line a service. Raises as `add`."""
        with self._database.read() as connection:
            return tuple(changes_told(*pair) for pair in self._pairs(connection, ctx, told))

    def add(self, ctx: RequestContext, told: Told) -> dict[str, Any]:
        """Keep what is told: services with id, status and changes, and names that the file told of before and no longer does.

        Told again it changes nothing. Raises FormatError, UsageError for a name that another repository's service has.
        """
        try:
            return self._add(ctx, told)
        except Busy:  # somebody added the same a moment ago, so now it is known
            return self._add(ctx, told)

    def _add(self, ctx: RequestContext, told: Told) -> dict[str, Any]:
        with self._database.write() as connection:
            pairs = list(self._pairs(connection, ctx, told))
            for before, after in pairs:
                if after != before:
                    store.save(connection, ctx, after, new=before is None)
            left = self._left(connection, ctx, told, pairs)
        return {"services": [_outcome(*pair) for pair in pairs], "gone": left}

    def show(self, ctx: RequestContext, name: str) -> dict[str, Any]:
        """A service of a name or id as JSON. Raises NotFound."""
        with self._database.read() as connection:
            return as_json(_found(store.find(connection, ctx, name), name))

    def page(
        self, ctx: RequestContext, *, after: str | None, limit: int, team: str | None = None
    ) -> dict[str, Any]:
        """Services by name, behind a name, and the cursor of the next page."""
        with self._database.read() as connection:
            found = store.page(connection, ctx, after=after, limit=limit + 1, team=team)
        shown = found[:limit]
        return {
            "services": [as_row(one) for one in shown],
            "cursor": shown[-1].name if len(found) > limit else None,
        }

    def remove(self, ctx: RequestContext, name: str) -> dict[str, Any]:
        """Forget a service; returns what was known of it. What runs is not touched. Raises NotFound."""
        with self._database.write() as connection:
            known = _found(store.find(connection, ctx, name), name)
            store.remove(connection, ctx, known.id)
        return {"removed": as_json(known)}

    def team_of(self, ctx: RequestContext, service: str) -> str | None:
        """The team that owns a service, by its name or id; None for none, also where there is no such service."""
        with self._database.read() as connection:
            return store.team_of(connection, ctx, service)

    def _pairs(self, connection: Any, ctx: RequestContext, told: Told) -> Iterator[_Pair]:
        """What is known before and after, for each service that is told of."""
        if told.named:
            before = store.find(connection, ctx, told.named.name)
            yield before, self._by_name(ctx, told, told.named, before)
            return
        text = told.text or ""
        file, places = parse(text, name=told.file), yaml_lines(text)
        for index, service in enumerate(file.services):
            before = store.find(connection, ctx, service.name)
            marked = {environment: places.get(f"environments[{at}]") for at, environment in enumerate(file.environments)}  # fmt: skip
            after = self._anew(ctx, told, before, service, marked)
            lines = lines_of(index, places)
            if after.team != service.owner:  # somebody said so, not the file
                lines.pop("team", None)
            kept = replace(after, file=told.file, text=digest_bytes(text.encode()), lines=lines)
            yield before, _settled(before, kept)

    def _by_name(
        self, ctx: RequestContext, told: Told, named: Named, before: Registered | None
    ) -> Registered:
        if before is None:
            service = Service(**{"name": named.name, "path": ".", "language": UNKNOWN, **named.given})
            return self._anew(ctx, told, None, service, dict.fromkeys(named.environments or DEFAULT_PLACES))
        service = replace(before.service, **named.given)
        marked = {placed.environment: placed.line for placed in before.environments}
        lines = {name: line for name, line in before.lines.items() if name not in named.given}
        after = self._anew(ctx, told, before, service, dict.fromkeys(named.environments) or marked)
        return _settled(before, replace(after, file=before.file, text=before.text, lines=lines))

    def _anew(
        self,
        ctx: RequestContext,
        told: Told,
        before: Registered | None,
        service: Service,
        marked: Mapping[Environment, int | None],
    ) -> Registered:
        repository = without_credentials(told.repository) if told.repository else None
        if before and before.repository and repository and not same_place(before.repository, repository):
            raise UsageError(
                f"service {service.name!r} is already that of {before.repository}",
                hint=f"give one of them another name, or `fops service remove {service.name}` first",
            )
        known = {placed.environment.name: placed.id for placed in before.environments} if before else {}
        team = told.team or (service.owner if told.text else None) or (before.team if before else None)
        now = isoformat(self._clock.now())
        return Registered(
            id=before.id if before else new_id("svc"),
            service=replace(service, owner=team),
            environments=tuple(
                Placed(id=known.get(one.name) or new_id("env"), environment=one, line=line)
                for one, line in marked.items()
            ),
            team=team,
            repository=(before.repository if before else None) or repository,
            file=None, text=None, lines={},
            added_at=before.added_at if before else now, added_by=before.added_by if before else ctx.actor,
            changed_at=now, changed_by=ctx.actor,
        )  # fmt: skip

    def _left(self, connection: Any, ctx: RequestContext, told: Told, pairs: list[_Pair]) -> list[str]:
        repository = pairs[0][1].repository
        if told.text is None or repository is None:
            return []
        known = store.of_file(connection, ctx, repository=repository, file=told.file)
        return list(gone(known, (after.service for _, after in pairs)))


def _settled(before: Registered | None, after: Registered) -> Registered:
    """What was told with nothing new in it was not changed now, though its lines may have moved."""
    if before is None or changes(before, after):
        return after
    return replace(after, changed_at=before.changed_at, changed_by=before.changed_by)


def _outcome(before: Registered | None, after: Registered) -> dict[str, Any]:
    different = changes(before, after) if before else []
    status = "added" if before is None else "updated" if different else "unchanged"
    return {"id": after.id, "name": after.name, "status": status, "changes": different}


def _found(one: Registered | None, name: str) -> Registered:
    if one is None:
        raise NotFound(
            f"no service {name!r}", hint="`fops service list` shows them; `fops service add` adds one"
        )
    return one
