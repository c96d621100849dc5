"""`/health/live` and `/health/ready`."""

from __future__ import annotations

from fastapi import APIRouter

from fops.api.callers import House
from fops.api.documents import answer, failures

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", responses=answer({"status": "alive"}))
async def live() -> dict[str, str]:
    """Whether the process answers at all."""
    return {"status": "alive"}


@router.get("/ready", responses=answer({"status": "ready"}) | failures(507))
def ready(house: House) -> dict[str, str]:
    """Whether it can do its work: the database answers."""
    with house.database.read():
        return {"status": "ready"}
