"""`/metrics`: what is counted and timed, for Prometheus."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from fops.api.callers import House
from fops.api.documents import Responses, failures, needs
from fops.api.routing import RoomRouter
from fops.api.telling.access import METRICS_READ, may_read
from fops.auth.permissions import PUBLIC
from fops.kernel.errors import NotAllowed
from fops.telemetry.metrics import CONTENT_TYPE

router = RoomRouter(tags=["health"])

_EXAMPLE = 'fops_http_requests_total{method="GET",route="/api/operations",code="200"} 7.0\n'
_TEXT: Responses = {
    200: {"description": "Prometheus' text format.", "content": {"text/plain": {"example": _EXAMPLE}}}
}


@router.get("/metrics", openapi_extra=needs(PUBLIC), response_class=Response, responses=_TEXT | failures(403))
def metrics(request: Request, house: House) -> Response:
    """Everything that is measured, with values of this moment; needs `metrics.read` or the METRICS_TOKEN."""
    if not may_read(request, METRICS_READ):
        raise NotAllowed(
            "metrics are not for every caller",
            hint="send METRICS_TOKEN as a bearer token, or ask with the permission metrics.read",
        )
    return Response(house.metrics.text(), media_type=CONTENT_TYPE)
