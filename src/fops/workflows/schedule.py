"""Schedules: what is done now and then, once for all processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from fops.kernel.clock import Clock
from fops.storage.database import Database
from fops.workflows import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`run` is called about `every` interval by whoever leads; what it does may be cut at any point and must bear it."""

    name: str
    every: timedelta
    run: Callable[[], None]


def run_due(schedules: Iterable[Schedule], database: Database, clock: Clock) -> None:
    """Run what is due. Its time counts from the beginning, so that what fails is not tried without end."""
    for one in schedules:
        with database.write() as connection:
            at = store.now(connection, clock)
            due = store.begin_run(connection, one.name, every=one.every, at=at)
        if due:
            one.run()
