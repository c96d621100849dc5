"""`service.add · list · show · remove`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from fops.actions.gate import Authorise
from fops.actions.model import Action, Effect, Honesty, Parameters, Preview
from fops.auth import EVERYWHERE, Scope
from fops.auth.permissions import SIGNED_IN
from fops.catalog import Environment, Protection, Runtime
from fops.catalog.record import Catalog, Named, Told, no_service
from fops.kernel.context import RequestContext
from fops.kernel.errors import UsageError

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, as in a service file
LONGEST = 200_000  # characters of a service file; one with a thousand services is shorter
MOST = 1000  # services of one page


def _label(text: str) -> str:
    if not LABEL.fullmatch(text):
        raise ValueError(f"{text!r} is no name: lower-case letters, digits and dashes, at most 63")
    return text


Label = Annotated[str, AfterValidator(_label), Field(json_schema_extra={"pattern": f"^{LABEL.pattern}$"})]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f]+$", max_length=1000)]
FilePath = Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f][^\\\x00-\x1f]*$", max_length=255)]


class NamedService(Parameters):
    """One service by name; what is None stays as it was. The last environment needs an approval."""

    name: Label
    language: Line | None = None
    image: Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9._:/-]*$")] | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    target: Runtime | None = Field(default=None, strict=False)
    environments: tuple[Label, ...] = Field(default=(), strict=False, max_length=20)


class ServiceAdd(Parameters):
    """`service.add`: the text of a service file, whose path in its repository is `file`, or one service by name.

    `repository` is an address or, on this machine, a folder; nothing is read from it. `team` wins over the file's owner.
    """

    text: str | None = Field(default=None, max_length=LONGEST)
    file: FilePath = "fops.yaml"
    service: NamedService | None = Field(default=None, strict=False)
    repository: Line | None = None
    team: Label | None = None


class ServicesPage(Parameters):
    """`service.list`: by name; `cursor` is the one of the page before."""

    team: str | None = None
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=MOST)


class OneService(Parameters):
    """A service by its name or id."""

    service: str


def sees_service(authorise: Authorise, ctx: RequestContext, name: str, team: str | None) -> bool:
    """Whether a service may be seen."""
    return authorise(ctx, "service.read", Scope(service=name, team=team))


def actions(catalog: Catalog, authorise: Authorise) -> tuple[Action, ...]:
    """The actions over a catalog. What somebody may not see is not found."""
    known = partial(_known, catalog, authorise)
    return (
        Action(
            name="service.add", summary="services as a service file or a person tells of them", effect=Effect.CHANGE,
            permission="service.add", parameters=ServiceAdd, own=True, idempotent=True,
            scope=lambda ctx, asked: _answering(authorise, ctx, catalog.owners(ctx, _told(asked))),
            subject=lambda _ctx, asked: ", ".join(catalog.names(_told(asked))),
            preview=lambda ctx, asked: Preview(honesty=Honesty.SERVER, changes=catalog.preview(ctx, _told(asked))),
            perform=lambda ctx, asked: catalog.add(ctx, _told(asked)),
        ),
        Action(
            name="service.list", summary="services by name", effect=Effect.READ, permission=SIGNED_IN,
            parameters=ServicesPage, idempotent=True, perform=lambda ctx, asked: _page(catalog, authorise, ctx, asked),
        ),
        Action(
            name="service.show", summary="one service, and where each fact came from", effect=Effect.READ,
            permission=SIGNED_IN, parameters=OneService, idempotent=True, perform=lambda ctx, asked: known(ctx, asked.service),
        ),
        Action(
            name="service.remove", summary="forget a service; what runs is not touched", effect=Effect.CHANGE,
            permission="service.remove", parameters=OneService, own=True,
            scope=lambda ctx, asked: _scope_of(known(ctx, asked.service)),
            subject=lambda ctx, asked: known(ctx, asked.service)["name"],
            preview=lambda ctx, asked: Preview(
                honesty=Honesty.SERVER, changes=(f"service {known(ctx, asked.service)['name']}: forgotten",)
            ),
            perform=lambda ctx, asked: catalog.remove(ctx, asked.service),
        ),
    )  # fmt: skip


def _page(catalog: Catalog, authorise: Authorise, ctx: RequestContext, asked: ServicesPage) -> dict[str, Any]:
    everywhere = authorise(ctx, "service.read", EVERYWHERE)
    return catalog.page(
        ctx, after=asked.cursor, limit=asked.limit, team=asked.team,
        sees=lambda one: everywhere or sees_service(authorise, ctx, one.name, one.team),
    )  # fmt: skip


def _known(catalog: Catalog, authorise: Authorise, ctx: RequestContext, name: str) -> dict[str, Any]:
    one = catalog.show(ctx, name)
    if not sees_service(authorise, ctx, one["name"], one["team"]):
        raise no_service(name)
    return one


def _scope_of(one: dict[str, Any]) -> Scope:
    return Scope(service=one["name"], team=one["team"])


def _answering(authorise: Authorise, ctx: RequestContext, owners: dict[str, str | None]) -> Scope:
    """Where somebody must be allowed to add these: on the one service, on the one team, else everywhere.

    Who may not is not told the team of what they may not see.
    """
    teams = set(owners.values())
    team = teams.pop() if len(teams) == 1 else None
    plain = Scope(service=next(iter(owners))) if len(owners) == 1 else EVERYWHERE
    whole = replace(plain, team=team)
    return whole if authorise(ctx, "service.add", whole) else plain


def _told(asked: ServiceAdd) -> Told:
    named = _named(asked.service) if asked.service else None
    return Told(text=asked.text, file=asked.file, named=named, repository=asked.repository, team=asked.team)


def _named(asked: NamedService) -> Named:
    if len(set(asked.environments)) < len(asked.environments):
        raise UsageError("an environment is named twice", hint="name each once, in the order of promotion")
    said: dict[str, Any] = {"language": asked.language, "image": asked.image, "port": asked.port}
    if asked.target and not asked.environments:
        raise UsageError(
            f"target {asked.target} without environments", hint="name the environments that run there"
        )
    last = len(asked.environments) - 1
    places = tuple(
        Environment(
            name=name,
            target=asked.target or Runtime.K8S,
            protection=Protection.APPROVAL if at == last else Protection.NONE,
        )
        for at, name in enumerate(asked.environments)
    )
    given = {name: value for name, value in said.items() if value is not None}
    return Named(name=asked.name, given=given, environments=places)
