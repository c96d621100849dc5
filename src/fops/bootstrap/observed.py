"""What is measured of a house, and what its health is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from fops.telemetry.health import Health, database_answers, disk_has_room, free_bytes, trail_is_appendable
from fops.telemetry.metrics import Metrics
from fops.telemetry.model import Sights, State
from fops.telemetry.seen import Seen

if TYPE_CHECKING:
    from fops.bootstrap.app import App

_VALUES = MappingProxyType({State.PASSING: 1.0, State.DEGRADED: 0.5, State.FAILING: 0.0})


def metrics_of(house: App) -> Metrics:
    """Metrics that hear this house from now on."""
    sights = Sights(
        pool=house.database.pool,
        waiting=lambda: house.background.waiting if "background" in vars(house) else 0,
        checks=lambda: _checks(house),
        free_bytes=lambda: free_bytes(house.home),
    )
    made = Metrics(Seen(sights))
    house.telemetry.listen(made)
    return made


def health_of(house: App) -> Health:
    """The questions, cheapest first."""
    questions = (
        disk_has_room(house.home),
        database_answers(house.database),
        trail_is_appendable(house.audit),
    )
    return Health(questions, house.clock)


def _checks(house: App) -> Mapping[str, float]:
    return {check.name: _VALUES[check.state] for check in house.health.checks()}
