"""Durable over DBOS. Nothing else in the house knows DBOS."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fops.kernel.errors import StorageFailed
from fops.workflows.ports import Json, Shift, Work
from fops.workflows.store import queue_url, sqlite_engine, told_as_storage

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE = "hops"
VERSION = "1"
"""What DBOS compares before it takes up what an earlier process began. Raised only with a plan for what is still open."""
POLL_SECONDS = 0.2  # between two looks for hops: what a person does not notice
MOST = 500  # hops forgotten in one go
UNENDED = frozenset({"ENQUEUED", "DELAYED", "PENDING"})


class DbosQueue:
    """Hops as DBOS workflows of two steps, act and record, whose id is the hop's. One per process at a time."""

    def __init__(self, database_url: str) -> None:
        self._url = queue_url(database_url)
        self._hop: Callable[[str], None] | None = None
        self._worker = ""

    def launch(self, shift: Shift, work: Work, *, concurrency: int) -> None:
        """As `Durable`."""
        from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415 - a second and a half of processor time

        with _told(), self._undone_when_cut():
            DBOS(config={
                "name": "fops", "system_database_url": self._url, "system_database_engine": sqlite_engine(self._url),
                "serializer": DBOSPortableJSONSerializer(), "application_version": VERSION, "executor_id": shift.worker,  "log_level": "CRITICAL", "use_listen_notify": False,
            })  # fmt: skip
            self._hop = _registered(shift, work)
            self._worker = shift.worker
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLL_SECONDS,
                                on_conflict="always_update")  # fmt: skip

    def enqueue(self, hop: str) -> None:
        """As `Durable`."""
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415 - as launch

        assert self._hop is not None  # noqa: S101 - launched before, as the port demands
        with _told(), SetWorkflowID(hop):
            DBOS.enqueue_workflow(QUEUE, self._hop, hop)

    def lost(self, hops: Collection[str]) -> Sequence[str]:
        """As `Durable`."""
        if not hops:
            return []
        known = {one.workflow_id for one in _listed(workflow_ids=list(hops)) if one.status in UNENDED}
        return [hop for hop in hops if hop not in known]

    def recover(self, living: Collection[str]) -> None:
        """As `Durable`."""
        from dbos import DBOS  # noqa: PLC0415 - as launch

        begun = {one.executor_id for one in _listed(status="PENDING") if one.executor_id}
        dead = begun - {self._worker, *living}
        if dead:
            with _told():
                DBOS._recover_pending_workflows(sorted(dead))  # noqa: SLF001 - its own command line has no other way

    def forget(self, *, ended_before: datetime) -> None:
        """As `Durable`."""
        from dbos import DBOS  # noqa: PLC0415 - as launch

        ended = [one.workflow_id for one in _listed(completed_before=ended_before.isoformat(), limit=MOST)]
        while ended:
            with _told():
                DBOS.delete_workflows(ended)
            ended = [
                one.workflow_id for one in _listed(completed_before=ended_before.isoformat(), limit=MOST)
            ]

    @contextmanager
    def _undone_when_cut(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """As `Durable`."""
        from dbos import DBOS  # noqa: PLC0415 - as launch

        self._hop = None
        DBOS.destroy(destroy_registry=True)


def _registered(shift: Shift, work: Work) -> Callable[[str], None]:
    """The one workflow. It is bound to the registry of this launch, which `close` throws away."""
    from dbos import DBOS  # noqa: PLC0415 - as launch

    @DBOS.step(name="act")
    def act(hop: str) -> Json:
        return work.act(hop, shift)

    @DBOS.step(name="record")
    def record(hop: str, outcome: Json) -> None:
        work.record(hop, outcome)

    @DBOS.workflow(name="hop", max_recovery_attempts=None)
    def hop(name: str) -> None:
        outcome = act(name)
        if outcome:
            record(name, outcome)

    return hop


def _listed(**wanted: Any) -> Sequence[Any]:
    from dbos import DBOS  # noqa: PLC0415 - as launch

    with _told():
        return DBOS.list_workflows(load_input=False, load_output=False, **wanted)


@contextmanager
def _told() -> Iterator[None]:
    """Its failures as the house names them."""
    from dbos import error as failures  # noqa: PLC0415 - as launch

    try:
        with told_as_storage("the engine"):
            yield
    except failures.DBOSException as error:
        raise StorageFailed(f"the engine: {error}", hint="restart the worker; nothing is lost") from error
