"""Time as a port: aware UTC with microseconds, so that tests can simulate it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where now comes from."""

    def now(self) -> datetime:
        """Aware UTC, microseconds kept."""

    def elapsed(self) -> float:
        """Seconds of a monotonic counter; only differences mean anything."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware UTC of the machine."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Monotonic seconds of the machine."""
        return time.monotonic()


def isoformat(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000000Z`: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The moment that `isoformat` wrote, or any ISO 8601 text; a missing zone means UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
