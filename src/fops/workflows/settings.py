"""Settings of durable work; importing them must not import DBOS or SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass

from fops.kernel.settings import positive, setting


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How work survives its workers, and how long what it left is kept."""

    lease_seconds: int = setting(
        "LEASE_SECONDS",
        default=15,
        read=positive,
        doc="Seconds without a sign of life after which another worker takes over. Default: 15; a suspended worker loses its work then, and clocks of machines may differ by a fraction of it.",
    )
    max_attempts: int = setting(
        "MAX_ATTEMPTS",
        default=5,
        read=positive,
        doc="How often work may end its worker before it fails for good. Default: 5; restarts in the midst of it count, orderly stops do not.",
    )
    keep_days: int = setting(
        "KEEP_OPERATIONS_DAYS",
        default=90,
        read=positive,
        doc="Days for which the progress, parameters and result of an ended operation are kept; that it ran, and how it ended, stays. Default: 90, a quarter.",
    )
