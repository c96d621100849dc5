"""What is kept of a service, as JSON for every door, and what changes when it is told anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fops.catalog.model import Environment, Service

_FACTS = ("path", "language", "image", "port", "health", "processes", "backing", "secrets")
_PLACE = ("target", "protection", "manifests", "namespace", "parameters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An environment of one service; `line` is where the service file names it."""

    id: str
    environment: Environment
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A service of the catalog with its environments in the order of promotion.

    `repository` is an address without credentials or a folder; `file` lies in it, has the digest `text`, and names each
    fact on the line in `lines`; all are None or empty where a person named the service. Times as `clock.isoformat`.
    """

    id: str
    service: Service
    environments: tuple[Placed, ...]
    team: str | None
    repository: str | None
    file: str | None
    text: str | None
    lines: Mapping[str, int]
    added_at: str
    added_by: str
    changed_at: str
    changed_by: str

    @property
    def name(self) -> str:
        """The name, one a tenant."""
        return self.service.name


def facts_of(one: Registered) -> dict[str, Any]:
    """Every fact that somebody told, flat: `port`, `environments.prod.protection`; lists as lists."""
    told = {"team": one.team, "repository": one.repository, "file": one.file}
    service = {name: value for name, value in as_plain(one.service).items() if name in _FACTS}
    places = {
        f"environments.{placed.environment.name}.{name}": value
        for placed in one.environments
        for name, value in as_plain(placed.environment).items()
        if name in _PLACE
    }
    return (
        told | service | {"environments": [placed.environment.name for placed in one.environments]} | places
    )


def changes(before: Registered | None, after: Registered) -> list[dict[str, Any]]:
    """What differs, as `{"what", "before", "after"}`; for a new service each fact that it has."""
    old, new = (facts_of(before) if before else {}), facts_of(after)
    names = [*new, *(name for name in old if name not in new)]
    return [
        {"what": name, "before": old.get(name), "after": new.get(name)}
        for name in names
        if (old.get(name) or None) != (new.get(name) or None)
    ]


def changes_told(before: Registered | None, after: Registered) -> str:
    """One line for a person: `service shop: port 8000 → 9000`."""
    if before is None:
        where = ", ".join(placed.environment.name for placed in after.environments)
        return f"service {after.name}: new, in {where}"
    told = "; ".join(
        f"{one['what']} {_said(one['before'])} → {_said(one['after'])}" for one in changes(before, after)
    )
    return f"service {after.name}: {told or 'as before'}"


def as_plain(noun: Service | Environment) -> dict[str, Any]:
    """The fields as JSON holds them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(noun).items()}


def as_row(one: Registered) -> dict[str, Any]:
    """The JSON of one line of a list."""
    return {
        "id": one.id, "name": one.name, "team": one.team, "language": one.service.language,
        "environments": [placed.environment.name for placed in one.environments], "repository": one.repository,
        "file": one.file, "changed_at": one.changed_at,
    }  # fmt: skip


def as_json(one: Registered) -> dict[str, Any]:
    """The whole JSON; `from` has file and line of each fact that a file told."""
    places = [
        {"id": placed.id, "name": placed.environment.name}
        | {name: value for name, value in as_plain(placed.environment).items() if name in _PLACE}
        for placed in one.environments
    ]
    lines = dict(one.lines) | {
        f"environments.{placed.environment.name}": placed.line for placed in one.environments if placed.line
    }
    return {
        "id": one.id, "name": one.name, "team": one.team, "repository": one.repository, "file": one.file,
        **{name: value for name, value in as_plain(one.service).items() if name in _FACTS},
        "environments": places,
        "added_at": one.added_at, "added_by": one.added_by, "changed_at": one.changed_at, "changed_by": one.changed_by,
        "from": {name: {"file": one.file, "line": line} for name, line in lines.items()},
    }  # fmt: skip


def lines_of(index: int, places: Mapping[str, int]) -> dict[str, int]:
    """Of all places of a service file, those of the facts of its service of this index."""
    own = {
        name: places.get(f"services[{index}].{name}[0]", places.get(f"services[{index}].{name}"))
        for name in _FACTS
    }
    team = places.get(f"services[{index}].owner", places.get("owner"))
    return {name: line for name, line in (own | {"team": team}).items() if line}


def same_place(one: str | None, other: str | None) -> bool:
    """Whether two names of repositories mean one, whatever the protocol and ending."""
    return one is not None and other is not None and _bare(one) == _bare(other)


def without_credentials(repository: str) -> str:
    """An address as it may be kept and shown."""
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/@]*@", r"\1", repository)


def _bare(repository: str) -> str:
    address = re.sub(r"^[a-z][a-z0-9+.-]*://", "", without_credentials(repository))
    address = re.sub(r"^[\w.-]+@([\w.-]+):", r"\1/", address)
    host, slash, path = address.rstrip("/").removesuffix(".git").partition("/")
    return f"{host.lower()}{slash}{path}"


def _said(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    return ", ".join(map(_named, value)) if isinstance(value, list) else str(value)


def _named(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    port = f" on {item['port']}" if item.get("port") else ""
    return f"{item['name']} ({item.get('command')}{port})"


def gone(known: Iterable[Registered], told: Iterable[Service]) -> Iterator[str]:
    """Names of services that a file told of before and does not any more."""
    names = {service.name for service in told}
    return (one.name for one in known if one.name not in names)
