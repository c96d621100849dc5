"""The life of a worker: only the leader runs hops, what is lost is queued again, and the end is an orderly one."""

from __future__ import annotations

import threading
import time

import pytest

from factories.queues import ThreadQueue
from factories.slow import wait_until
from fops.kernel.clock import SystemClock
from fops.workflows import store
from fops.workflows.proof import ProofOfLife
from fops.workflows.worker import Terms, Worker


class SomeWork:
    """Hops by their names; each is done once it was recorded."""

    def __init__(self, *hops):
        self.open = list(hops)
        self.acted: list[tuple[str, str]] = []
        self.may: list[bool] = []
        self.hold = threading.Event()
        self.hold.set()
        self.database = None

    def queued(self):
        return list(self.open)

    unended = queued

    def act(self, hop, shift):
        self.acted.append((hop, shift.worker))
        while not self.hold.wait(0.01):
            if shift.must_stop():
                return {}
        with self.database.read() as connection:
            self.may.append(shift.holds(connection))
        return {"done": True}

    def record(self, hop, _outcome):
        self.open.remove(hop)

    def again(self, hop):
        self.open.remove(hop)
        self.open.append(f"{hop}+")


class LostQueue(ThreadQueue):
    """Forgets the first hop that it is given."""

    forgot = False

    def enqueue(self, hop):
        if self.forgot:
            super().enqueue(hop)
        self.forgot = True


@pytest.fixture
def hire(database, tmp_path):
    """A worker over some work, not begun yet; all are stopped at the end."""
    hired = []

    def make(work, *, durable=None, exclusive=True, lease=1.0, proof=False):
        work.database = database
        terms = Terms(concurrency=2, lease_seconds=lease, exclusive=exclusive, proof=ProofOfLife(tmp_path / "lock") if proof else None)  # fmt: skip
        hired.append(Worker(database=database, clock=SystemClock(), work=work, durable=durable or ThreadQueue(), terms=terms))  # fmt: skip
        return hired[-1]

    yield make
    for one in hired:
        one.stop(1)


def _steal(database):
    """Another process has the lease from now on."""
    with database.write() as connection:
        connection.execute(
            store.leases.update().values(owner="another", expires_at="2999-01-01T00:00:00.000000Z")
        )


def test_a_leader_carries_out_what_is_queued(hire):
    work = SomeWork("opn_a.1", "opn_b.1")
    worker = hire(work)
    worker.start()
    wait_until(lambda: not work.open, "not carried out")
    assert sorted(hop for hop, _ in work.acted) == ["opn_a.1", "opn_b.1"]
    assert work.may == [True, True]
    assert worker.leads
    assert worker.is_alive


def test_where_only_the_leader_may_the_second_waits_until_the_first_has_stopped(hire):
    first, second = SomeWork(), SomeWork("opn_a.1")
    leader, other = hire(first, proof=True), hire(second, proof=True)
    leader.start()
    wait_until(lambda: leader.leads, "the first does not lead")
    other.start()
    time.sleep(1.5)
    assert (second.acted, other.leads) == ([], False)
    assert leader.stop(1)
    wait_until(lambda: not second.open, "the second does not take over")


def test_where_all_may_a_worker_that_does_not_lead_works_too(hire, database):
    work = SomeWork("opn_a.1")
    worker = hire(work, exclusive=False)
    with database.write() as connection:
        store.take_lease(
            connection, store.RUNNER, "another", at=SystemClock().now(), seconds=600, proven=False
        )
    worker.start()
    wait_until(lambda: not work.open, "not carried out")
    assert not worker.leads


def test_a_leader_that_lost_its_lease_stops_what_runs_and_comes_back_under_another_name(hire, database):
    work = SomeWork("opn_a.1")
    work.hold.clear()
    worker = hire(work)
    worker.start()
    wait_until(lambda: work.acted, "not begun")
    _steal(database)
    wait_until(lambda: not worker.leads, "does not notice")
    with database.write() as connection:
        connection.execute(store.leases.update().values(expires_at="2000-01-01T00:00:00.000000Z"))
    wait_until(lambda: len(work.acted) == 2, "does not come back")
    work.hold.set()
    wait_until(lambda: not work.open, "not carried out")
    assert work.acted[0][1] != work.acted[1][1]


def test_a_hop_that_the_engine_lost_is_queued_again(hire):
    work = SomeWork("opn_a.1")
    hire(work, durable=LostQueue()).start()
    wait_until(lambda: not work.open, "not carried out")
    assert [hop for hop, _ in work.acted] == ["opn_a.1+"]


def test_a_stop_says_whether_everything_has_ended(hire):
    work = SomeWork("opn_a.1")
    work.hold.clear()
    stubborn = threading.Event()
    work.act = lambda *_words: stubborn.wait(10) and {}
    worker = hire(work)
    worker.start()
    wait_until(lambda: worker._work._running, "not begun")
    assert not worker.stop(0.3)
    stubborn.set()
    assert worker.stop(3)
