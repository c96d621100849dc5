"""`/health/live` and `/health/ready`."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from fops.api.callers import House
from fops.api.documents import answer, failures, needs
from fops.api.problems import problem
from fops.api.routing import RoomRouter
from fops.api.telling.access import HEALTH_READ, may_read
from fops.auth.permissions import PUBLIC
from fops.kernel.errors import Transient
from fops.telemetry.health import worst
from fops.telemetry.model import Check, State

router = RoomRouter(prefix="/health", tags=["health"])

_WORDS = {State.PASSING: "ready", State.DEGRADED: "degraded"}
_READY = {"status": "ready", "checks": [{"name": "database", "state": "passing", "detail": ""}]}


@router.get("/live", openapi_extra=needs(PUBLIC), responses=answer({"status": "alive"}))
async def live() -> dict[str, str]:
    """Whether the process answers at all."""
    return {"status": "alive"}


@router.get("/ready", openapi_extra=needs(PUBLIC), responses=answer(_READY) | failures(503))
def ready(request: Request, house: House) -> JSONResponse:
    """Whether it can do its work, at most a second ago. `checks` are for who has `health.read` or the METRICS_TOKEN."""
    checks = house.health.checks()
    state = worst(checks)
    shown = [_shown(check) for check in checks] if may_read(request, HEALTH_READ) else []
    if state is not State.FAILING:
        return JSONResponse({"status": _WORDS[state], **({"checks": shown} if shown else {})})
    failing = ", ".join(check.name for check in checks if check.state is State.FAILING)
    detail = f"not ready: {failing}" if shown else "not ready"
    hint = "docs/runbook.md says what to do about each check"
    wrong = shown or None
    return problem(request, status=503, code=Transient.code, detail=detail, hint=hint, errors=wrong, headers={"Retry-After": "5"})  # fmt: skip


def _shown(check: Check) -> dict[str, Any]:
    return {"name": check.name, "state": check.state.value, "detail": check.detail}
