"""`/api/services`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Body, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from fops.api.callers import Caller, House
from fops.api.documents import answer, failures, needs
from fops.api.reading import told
from fops.api.routing import RoomRouter

router = RoomRouter(prefix="/services", tags=["services"])

_ID = "svc_01jx0000000000000000000000"
_ROW = {"id": _ID, "name": "shop", "team": "core", "language": "python", "environments": ["staging", "prod"],
        "repository": "https://github.com/acme/shop", "file": "fops.yaml", "changed_at": "2026-11-24T09:30:00.000000Z"}  # fmt: skip
_PLACE = {"id": "env_01jx0000000000000000000000", "name": "prod", "target": "k8s", "protection": "approval",
          "manifests": "deploy/k8s/overlays/prod", "namespace": "shop-prod", "parameters": None}  # fmt: skip
_SERVICE = _ROW | {"path": ".", "image": "ghcr.io/acme/shop", "port": 8000, "health": "/healthz", "processes": [], "backing": ["postgres"],
                   "secrets": ["DATABASE_URL"], "environments": [_PLACE], "added_at": "2026-11-24T09:30:00.000000Z", "added_by": "user:ada",
                   "changed_by": "user:ada", "from": {"port": {"file": "fops.yaml", "line": 9}}}  # fmt: skip
_FILE = "schema: fops.service/v1\nname: shop\nowner: core\nservices:\n  - name: shop\n    path: .\n    language: python\n    port: 8000\nenvironments:\n  - name: prod\n    target: k8s\n    protection: approval\n"
_ADDED = {"services": [{"id": _ID, "name": "shop", "status": "updated", "changes": [{"what": "port", "before": 8000, "after": 9000}]}],
          "gone": []}  # fmt: skip

Name = Annotated[str, Path(max_length=64, description="A service's name or id.")]
DryRun = Annotated[bool, Query(description="Show what would change; change nothing.")]


class ServiceByName(BaseModel):
    """One service without a file; what is left out stays as it was. The last environment needs an approval."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=63)]
    language: Annotated[str | None, Field(max_length=100)] = None
    image: Annotated[str | None, Field(max_length=500)] = None
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    target: Literal["k8s", "serverless", "static"] | None = None
    environments: Annotated[list[str], Field(max_length=20)] = []


class ServicesToAdd(BaseModel):
    """The text of a service file, or one service by name. Nothing is read from the server's disk."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str | None, Field(max_length=200_000, description="The text of a fops.yaml.")] = None
    file: Annotated[str, Field(max_length=255, description="Its path in the repository, to name its lines.")] = "fops.yaml"  # fmt: skip
    service: ServiceByName | None = None
    repository: Annotated[str | None, Field(max_length=1000, description="Where the source lies.")] = None
    team: Annotated[str | None, Field(max_length=63, description="The team that owns what is added; wins over the file's.")] = None  # fmt: skip


@router.get(
    "",
    openapi_extra=needs("service.read"),
    responses=answer({"services": [_ROW], "cursor": None}) | failures(422, 507),
)
async def services(
    house: House,
    caller: Caller,
    team: Annotated[str | None, Query(description="Only those of this team.")] = None,
    cursor: Annotated[str | None, Query(description="The cursor of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Services of a page.")] = 100,
) -> JSONResponse:
    """Services by name, a page at a time."""
    wanted = {"team": team, "cursor": cursor, "limit": limit}
    return await told(house, caller, "service.list", wanted)


@router.post(
    "", openapi_extra=needs("service.add"), responses=answer(_ADDED) | failures(400, 403, 409, 413, 422, 507)
)
async def add(
    house: House,
    caller: Caller,
    asked: Annotated[ServicesToAdd, Body(examples=[{"text": _FILE, "repository": "https://github.com/acme/shop"}])],
    dry_run: DryRun = False,
) -> JSONResponse:  # fmt: skip
    """Add or update services. Sent again, nothing changes."""
    wanted = asked.model_dump(exclude_none=True)
    return await told(house, replace(caller, dry_run=dry_run), "service.add", wanted)


@router.get(
    "/{service}", openapi_extra=needs("service.read"), responses=answer(_SERVICE) | failures(404, 422, 507)
)
async def service(house: House, caller: Caller, service: Name) -> JSONResponse:
    """One service, and the file and line of each fact."""
    return await told(house, caller, "service.show", {"service": service})


@router.delete(
    "/{service}",
    openapi_extra=needs("service.remove"),
    responses=answer({"removed": _SERVICE}) | failures(403, 404, 409, 422, 507),
)
async def remove(house: House, caller: Caller, service: Name, dry_run: DryRun = False) -> JSONResponse:
    """Forget a service. What runs is not touched."""
    return await told(house, replace(caller, dry_run=dry_run), "service.remove", {"service": service})
