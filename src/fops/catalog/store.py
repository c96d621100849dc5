"""The tables of services, their environments and teams, and the queries on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from fops.catalog.model import Environment, Process, Protection, Runtime, Service
from fops.catalog.registered import Placed, Registered, as_plain
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy
from fops.kernel.ids import new_id
from fops.storage.schema import METADATA, moment, tenant

teams = Table(
    "teams",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("name", String(63), nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
)
Index("ix_teams_name", teams.c.tenant, teams.c.name, unique=True)
services = Table(
    "services",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("name", String(63), nullable=False),
    Column("team_id", String(64)),
    Column("repository", Text),
    Column("file", Text),
    Column("text", String(80)),
    Column("told", JSON, nullable=False),
    Column("lines", JSON, nullable=False),
    moment("added_at"),
    Column("added_by", String(128), nullable=False),
    moment("changed_at"),
    Column("changed_by", String(128), nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    ForeignKeyConstraint(["tenant", "team_id"], ["teams.tenant", "teams.id"]),
)
Index("ix_services_name", services.c.tenant, services.c.name, unique=True)
environments = Table(
    "environments",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("service_id", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String(63), nullable=False),
    Column("protection", String(32), nullable=False),
    Column("place", JSON, nullable=False),
    Column("line", Integer),
    PrimaryKeyConstraint("tenant", "id"),
    ForeignKeyConstraint(["tenant", "service_id"], ["services.tenant", "services.id"]),
)
Index(
    "ix_environments_name", environments.c.tenant, environments.c.service_id, environments.c.name, unique=True
)


def find(connection: Connection, ctx: RequestContext, name: str) -> Registered | None:
    """The service of a name or id."""
    meant = or_(services.c.name == name, services.c.id == name)
    return next(iter(_read(connection, ctx, _all(ctx).where(meant))), None)


def page(
    connection: Connection, ctx: RequestContext, *, after: str | None, limit: int, team: str | None = None
) -> list[Registered]:
    """Services by name, behind a name; with `team` only those of that team."""
    wanted = _all(ctx).order_by(services.c.name).limit(limit)
    if after is not None:
        wanted = wanted.where(services.c.name > after)
    return _read(connection, ctx, wanted.where(teams.c.name == team) if team is not None else wanted)


def of_file(connection: Connection, ctx: RequestContext, *, repository: str, file: str) -> list[Registered]:
    """The services that a file of a repository told of."""
    mine = (services.c.repository == repository, services.c.file == file)
    return _read(connection, ctx, _all(ctx).where(*mine).order_by(services.c.name))


def save(connection: Connection, ctx: RequestContext, one: Registered, *, new: bool) -> None:
    """Keep a service as it is now; environments that it no longer has go.

    Raises Busy where another took its name, or its team's, a moment ago: then what is known must be read anew.
    """
    try:
        _save(connection, ctx, one, new=new)
    except IntegrityError as error:
        raise Busy(
            f"service {one.name!r} was added by somebody else just now", hint="try again", retry_after=1
        ) from error


def _save(connection: Connection, ctx: RequestContext, one: Registered, *, new: bool) -> None:
    told = {name: value for name, value in as_plain(one.service).items() if name not in {"name", "owner"}}
    row = {
        "name": one.name, "team_id": _team(connection, ctx, one.team) if one.team else None, "told": told,
        "lines": dict(one.lines),
    } | {
        name: getattr(one, name)
        for name in ("repository", "file", "text", "added_at", "added_by", "changed_at", "changed_by")
    }  # fmt: skip
    if new:
        connection.execute(insert(services).values(tenant=ctx.tenant, id=one.id, **row))
    else:
        connection.execute(
            update(services).where(services.c.tenant == ctx.tenant, services.c.id == one.id).values(row)
        )
        connection.execute(delete(environments).where(*_of(ctx, one.id)))
    rows = [_environment_row(ctx, one.id, at, placed) for at, placed in enumerate(one.environments)]
    connection.execute(insert(environments), rows)


def remove(connection: Connection, ctx: RequestContext, service_id: str) -> None:
    """Forget a service and its environments."""
    connection.execute(delete(environments).where(*_of(ctx, service_id)))
    connection.execute(delete(services).where(services.c.tenant == ctx.tenant, services.c.id == service_id))


def team_of(connection: Connection, ctx: RequestContext, name: str) -> str | None:
    """The name of the team that owns a service, by the service's name or id: one small query."""
    meant = or_(services.c.name == name, services.c.id == name)
    query = select(teams.c.name).join_from(services, teams, _owned())
    return connection.execute(query.where(services.c.tenant == ctx.tenant, meant)).scalar()


def _owned() -> Any:
    return (services.c.tenant == teams.c.tenant) & (services.c.team_id == teams.c.id)


def _all(ctx: RequestContext) -> Select[Any]:
    wanted = select(services, teams.c.name.label("team")).outerjoin_from(services, teams, _owned())
    return wanted.where(services.c.tenant == ctx.tenant)


def _of(ctx: RequestContext, service_id: str) -> tuple[Any, ...]:
    return (environments.c.tenant == ctx.tenant, environments.c.service_id == service_id)


def _team(connection: Connection, ctx: RequestContext, name: str) -> str:
    """The id of a team, which exists once it is named."""
    mine = (teams.c.tenant == ctx.tenant, teams.c.name == name)
    known = connection.execute(select(teams.c.id).where(*mine)).scalar()
    if known is not None:
        return str(known)
    made = new_id("tea")
    connection.execute(insert(teams).values(tenant=ctx.tenant, id=made, name=name))
    return made


def _environment_row(ctx: RequestContext, service_id: str, position: int, placed: Placed) -> dict[str, Any]:
    place = as_plain(placed.environment)
    return {
        "tenant": ctx.tenant, "id": placed.id, "service_id": service_id, "position": position,
        "name": place.pop("name"), "protection": place.pop("protection"), "place": place, "line": placed.line,
    }  # fmt: skip


def _read(connection: Connection, ctx: RequestContext, query: Select[Any]) -> list[Registered]:
    rows = connection.execute(query).mappings().all()
    places = _places(connection, ctx, [row["id"] for row in rows])
    return [_registered(row, places.get(row["id"], [])) for row in rows]


def _places(connection: Connection, ctx: RequestContext, ids: Sequence[str]) -> dict[str, list[Placed]]:
    mine = (environments.c.tenant == ctx.tenant, environments.c.service_id.in_(ids))
    rows = connection.execute(select(environments).where(*mine).order_by(environments.c.position))
    found: dict[str, list[Placed]] = {}
    for row in rows.mappings():
        found.setdefault(row["service_id"], []).append(
            Placed(id=row["id"], line=row["line"], environment=_environment(row))
        )
    return found


def _environment(row: RowMapping) -> Environment:
    place = dict(row["place"])
    target, protection = Runtime(place.pop("target")), Protection(row["protection"])
    return Environment(name=row["name"], target=target, protection=protection, **place)


def _registered(row: RowMapping, places: Iterable[Placed]) -> Registered:
    told = dict(row["told"])
    processes = tuple(Process(**process) for process in told.pop("processes"))
    told |= {name: tuple(told[name]) for name in ("backing", "secrets")}
    service = Service(name=row["name"], owner=row["team"], processes=processes, **told)
    kept = (
        "id",
        "team",
        "repository",
        "file",
        "text",
        "lines",
        "added_at",
        "added_by",
        "changed_at",
        "changed_by",
    )
    return Registered(service=service, environments=tuple(places), **{name: row[name] for name in kept})
