"""Seen: what is looked up when a scrape comes, instead of being counted: the pool, the queue, the checks, the build."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fops import __version__
from fops.telemetry.model import Described, Sights

LOOKED_UP = (
    Described(name="fops_build_info", kind="gauge", labels=("version", "python"), means="Always 1; the labels say what runs."),
    Described(name="fops_operations_waiting", kind="gauge", means="Operations that stand in line in this process."),
    Described(name="fops_database_pool_size", kind="gauge", means="Connections that the pool keeps."),
    Described(name="fops_database_pool_checked_out", kind="gauge", means="Connections in use."),
    Described(name="fops_database_pool_overflow", kind="gauge", means="Connections beyond those that the pool keeps."),
    Described(name="fops_health_check", kind="gauge", labels=("check",), means="How a check of `/health/ready` stands: 1 passes, 0.5 warns, 0 fails."),
    Described(name="fops_data_free_bytes", kind="gauge", means="Free bytes on the disk of the data directory."),
)  # fmt: skip


class Seen(Collector):
    """Looks when asked."""

    def __init__(self, sights: Sights) -> None:
        self._sights = sights

    def collect(self) -> Iterable[Metric]:
        """One family for each metric of LOOKED_UP."""
        pool = self._sights.pool()
        values: dict[str, Mapping[tuple[str, ...], float]] = {
            "fops_build_info": {(__version__, platform.python_version()): 1},
            "fops_operations_waiting": {(): self._sights.waiting()},
            "fops_database_pool_size": {(): pool.size} if pool else {},
            "fops_database_pool_checked_out": {(): pool.checked_out} if pool else {},
            "fops_database_pool_overflow": {(): pool.overflow} if pool else {},
            "fops_health_check": {(name,): value for name, value in self._sights.checks().items()},
            "fops_data_free_bytes": {(): self._sights.free_bytes()},
        }
        for one in LOOKED_UP:
            family = GaugeMetricFamily(one.name, one.means, labels=one.labels)
            for labels, value in values[one.name].items():
                family.add_metric(labels, value)
            yield family
