"""Services for `fops why`: each fact with file and line, and what that line itself rests on where F-Ops wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fops.catalog import store
from fops.catalog.registered import Registered, facts_of
from fops.kernel.context import RequestContext
from fops.provenance.model import Description, Location, Node
from fops.storage.database import Database

Line = Callable[[int], Description]
Written = Callable[[RequestContext, Registered], Line | None]
"""Gives the lines of a service's file as something generated; None where F-Ops did not write this text."""


class Services:
    """Describes services by their id."""

    def __init__(self, database: Database, written: Written = lambda _ctx, _service: None) -> None:
        self._database = database
        self._written = written

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The service and its facts, each with its place."""
        if not subject.startswith("svc_"):
            return None
        with self._database.read() as connection:
            one = store.find(connection, ctx, subject)
        if one is None:
            return None
        owner = f"team {one.team}" if one.team else "no team"
        says = f"{one.name} of {owner}, from {one.repository or 'no repository'}; {_when(one)}"
        written = self._written(ctx, one)
        below = tuple(_fact(one, *fact, written) for fact in _told(one))
        return Description(node=Node(id=one.id, kind="service", says=says), rests_on=below)


def _told(one: Registered) -> Iterator[tuple[str, str, int | None]]:
    """Name, sentence and line of each fact."""
    for name, value in facts_of(one).items():
        if value not in (None, []) and "environments" not in name and name not in {"repository", "file"}:
            yield name, f"{name} = {_shown(value)}", one.lines.get(name)
    for placed in one.environments:
        place = placed.environment
        says = f"environment {place.name}: {place.target}, protection {place.protection}"
        yield f"environments.{place.name}", says, placed.line


def _fact(one: Registered, name: str, says: str, line: int | None, written: Line | None) -> Description:
    place = Location(file=one.file, line=line) if one.file and line else None
    told = says if place else f"{says}, as {one.changed_by} said"
    node = Node(id=f"{one.id}/{name}", kind="fact", says=told, location=place)
    return Description(node=node, rests_on=(written(line),) if written and line else ())


def _when(one: Registered) -> str:
    added = f"added by {one.added_by} at {one.added_at}"
    return (
        added
        if one.changed_at == one.added_at
        else f"{added}, changed by {one.changed_by} at {one.changed_at}"
    )


def _shown(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(str(item["name"]) if isinstance(item, dict) else str(item) for item in value)
