"""The worker of a house: its work, the engine behind it, and what is done now and then."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from fops.actions.durable.hops import Hops, clear_away, expire_waits
from fops.bootstrap.server import ServerSettings
from fops.workflows.durable import DbosQueue
from fops.workflows.proof import ProofOfLife
from fops.workflows.schedule import Schedule
from fops.workflows.settings import WorkerSettings
from fops.workflows.worker import Terms, Worker

if TYPE_CHECKING:
    from fops.bootstrap.app import App
    from fops.workflows.ports import Durable

PROOF = "runner.lock"
"""The file in the data directory whose lock proves that the leader lives; locking it keeps nobody from the data."""


def make_worker(house: App, durable: Durable | None = None, *, concurrency: int | None = None) -> Worker:
    """The worker, over DBOS where no other engine is given. Nothing is opened before it starts."""
    chosen = house.settings.group(WorkerSettings)
    hops = Hops(house.invoker, house.database, house.clock, max_attempts=chosen.max_attempts, told=house.background.told, listener=house.hear)  # fmt: skip
    alone = house.database_url.startswith("sqlite")
    terms = Terms(concurrency=concurrency or house.settings.group(ServerSettings).max_running, lease_seconds=chosen.lease_seconds,
                  exclusive=alone, proof=ProofOfLife(house.home / PROOF) if alone else None)  # fmt: skip
    keep = timedelta(days=chosen.keep_days)
    schedules = (
        Schedule(name="expire-waits", every=timedelta(seconds=30), run=partial(expire_waits, house.database, house.clock)),
        Schedule(name="clear-away", every=timedelta(hours=6), run=partial(clear_away, house.database, house.clock, keep=keep)),
    )  # fmt: skip
    worker = Worker(database=house.database, clock=house.clock, work=hops, durable=durable or DbosQueue(house.database_url),
                    terms=terms, schedules=schedules)  # fmt: skip
    house.background.nudge = worker.nudge
    return worker
