"""Who may read what the server tells about itself: the one place that asks."""

from __future__ import annotations

from secrets import compare_digest

from fastapi import Request

from fops.bootstrap import App
from fops.telemetry import TelemetrySettings

METRICS_READ = "metrics.read"
HEALTH_READ = "health.read"


def may_read(request: Request, permission: str) -> bool:
    """Whether this caller has METRICS_READ or HEALTH_READ.

    The token of a monitoring system gives both and nothing else; for everybody else their grants decide. Without sign-in,
    and behind the data directory's socket, the caller is the person at this machine, who may.
    """
    house: App = request.app.state.house
    token = house.settings.group(TelemetrySettings).metrics_token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and compare_digest(given.encode(), token.reveal().encode()):
        return True
    return house.identity.authority.permits(request.state.caller, permission)
