"""What is measured of a house, and what its health is asked about."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING

from fops.telemetry.door import opened
from fops.telemetry.health import Health, database_answers, disk_has_room, free_bytes, trail_is_appendable
from fops.telemetry.logs import OperationLog
from fops.telemetry.metrics import Metrics
from fops.telemetry.model import Sights, State
from fops.telemetry.settings import TelemetrySettings

if TYPE_CHECKING:
    from fops.bootstrap.app import App
    from fops.telemetry.traces import Tracing

_VALUES = MappingProxyType({State.PASSING: 1.0, State.DEGRADED: 0.5, State.FAILING: 0.0})


def metrics_of(house: App) -> Metrics:
    """Metrics that hear this house from now on."""
    sights = Sights(
        names=lambda: _names(house),
        pool=house.database.pool,
        waiting=lambda: house.background.waiting if "background" in vars(house) else 0,
        checks=lambda: _checks(house),
        free_bytes=lambda: free_bytes(house.home),
    )
    made = Metrics(sights)
    for ear in (
        made,
        house.tracing,
        OperationLog(),
    ):  # the log's lines belong to the span they are written in
        if ear is not None:
            house.telemetry.listen(ear)
    return made


def door_of(house: App) -> AbstractContextManager[str | None]:
    """The door of its own for metrics and health, where METRICS_ADDRESS names one."""
    return opened(house.settings.group(TelemetrySettings), house.metrics, house.health)


def tracing_of(house: App) -> Tracing | None:
    """Where spans and log records go. The variable that the standard has for it decides, and the one that turns all off."""
    endpoint = house.settings.group(TelemetrySettings).otlp_endpoint
    if not endpoint or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    from fops.telemetry.traces import Tracing  # noqa: PLC0415 - nothing of it is loaded unless it is used

    return Tracing(endpoint)


def health_of(house: App) -> Health:
    """The questions, cheapest first."""
    questions = (
        disk_has_room(house.home),
        database_answers(house.database),
        trail_is_appendable(house.audit),
    )
    return Health(questions, house.clock)


def _names(house: App) -> tuple[Iterable[str], Iterable[str]]:
    from fops.actions import Effect, Workflow  # noqa: PLC0415 - whoever scrapes has a server, which paid for them

    kinds = [one.name for one in house.invoker.offered if isinstance(one, Workflow)]
    changes = [
        one.name for one in house.registry if not isinstance(one, Workflow) and one.effect is not Effect.READ
    ]
    return kinds, changes


def _checks(house: App) -> Mapping[str, float]:
    return {check.name: _VALUES[check.state] for check in house.health.checks()}
