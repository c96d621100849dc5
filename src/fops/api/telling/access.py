"""Who may read what the server tells about itself: the one place that asks."""

from __future__ import annotations

from secrets import compare_digest

from fastapi import Request

from fops.bootstrap import App
from fops.bootstrap.server import ServerSettings
from fops.telemetry import TelemetrySettings

METRICS_READ = "metrics.read"
HEALTH_READ = "health.read"


def may_read(request: Request, permission: str) -> bool:
    """Whether this caller has METRICS_READ or HEALTH_READ.

    The token of a monitoring system gives both and nothing else. Without sign-in every caller is at this machine, and
    may; who comes without an address came through the data directory's socket, which only its owner opens. With sign-in
    the caller's grants decide, once there is a room that knows them: `permission` is what it will be asked for.
    """
    del permission
    house: App = request.app.state.house
    token = house.settings.group(TelemetrySettings).metrics_token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and compare_digest(given.encode(), token.reveal().encode()):
        return True
    return request.client is None or house.settings.group(ServerSettings).auth_mode == "off"
