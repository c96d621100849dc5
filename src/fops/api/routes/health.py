"""`/health/live` and `/health/ready`."""

from __future__ import annotations

from fastapi import APIRouter

from fops.api.callers import House
from fops.api.documents import answer, failures, needs
from fops.auth.permissions import PUBLIC

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", openapi_extra=needs(PUBLIC), responses=answer({"status": "alive"}))
def live() -> dict[str, str]:
    """Whether the process answers at all."""
    return {"status": "alive"}


@router.get("/ready", openapi_extra=needs(PUBLIC), responses=answer({"status": "ready"}) | failures(507))
def ready(house: House) -> dict[str, str]:
    """Whether it can do its work: the database answers."""
    with house.database.read():
        return {"status": "ready"}
