"""One suite for every `Durable`: the one on threads that tests use, and the one over DBOS."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from factories.queues import ThreadQueue
from fops.workflows.durable import DbosQueue


class AShift:
    """The shift of a worker that goes on."""

    def __init__(self, worker="here-1-a"):
        self.worker = worker

    def holds(self, _connection):
        return True

    def must_stop(self):
        return False


class SomeWork:
    """Counts what is carried out; `hold` keeps what acts until it is set."""

    def __init__(self):
        self.acted: list[str] = []
        self.recorded: list[tuple[str, dict]] = []
        self.most = 0
        self.hold = threading.Event()
        self._now = 0

    def act(self, hop, _shift):
        self._now += 1
        self.most = max(self.most, self._now)
        self.acted.append(hop)
        self.hold.wait(10)
        self._now -= 1
        if hop.endswith(".9"):
            return {}
        if hop.endswith(".8"):
            raise RuntimeError("a mistake of ours")
        return {"said": hop}

    def record(self, hop, outcome):
        self.recorded.append((hop, dict(outcome)))


@pytest.fixture(params=["threads", "dbos"])
def queue(request, tmp_path):
    found = ThreadQueue() if request.param == "threads" else DbosQueue(f"sqlite:///{tmp_path / 'fops.db'}")
    yield found
    found.close()


@pytest.fixture
def work():
    found = SomeWork()
    yield found
    found.hold.set()


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_hops_are_acted_and_recorded_once_however_often_they_are_handed_over(queue, work):
    """And what it does not know, or holds for ended, it says so: one launch for all, since one costs a second."""
    queue.launch(AShift(), work, concurrency=2)
    hops = [f"opn_{letter}.1" for letter in "abcd"]
    for hop in [*hops, *hops]:
        queue.enqueue(hop)
    assert list(queue.lost([*hops, "opn_x.1"])) == ["opn_x.1"]
    _until(lambda: len(work.acted) == 2)
    assert work.recorded == []
    work.hold.set()
    _until(lambda: len(work.recorded) == 4)
    assert sorted(work.acted) == hops
    assert sorted(work.recorded) == [(hop, {"said": hop}) for hop in hops]
    assert work.most == 2
    _until(lambda: sorted(queue.lost(hops)) == hops)
    queue.enqueue(hops[0])
    queue.enqueue("opn_e.9")  # not this worker's to take: there is nothing to record
    queue.enqueue("opn_f.8")
    _until(lambda: sorted(queue.lost(["opn_e.9", "opn_f.8"])) == ["opn_e.9", "opn_f.8"])
    assert len(work.recorded) == 4
    assert work.acted.count(hops[0]) == 1
    queue.forget(ended_before=datetime.now(UTC) + timedelta(minutes=1))
    queue.enqueue(hops[0])  # of which nothing is known any more
    _until(lambda: work.acted.count(hops[0]) == 2)


def test_what_a_dead_worker_began_is_begun_again_and_what_a_living_one_began_is_not(tmp_path, work):
    url = f"sqlite:///{tmp_path / 'fops.db'}"
    first = DbosQueue(url)
    first.launch(AShift("here-1-a"), work, concurrency=2)
    for hop in ("opn_a.1", "opn_b.1"):
        first.enqueue(hop)
    _until(lambda: len(work.acted) == 2)
    first.close()  # as its threads go on and nothing they give is kept, this is a death
    second, other = DbosQueue(url), SomeWork()
    other.hold.set()
    second.launch(AShift("here-1-b"), other, concurrency=2)
    second.recover(["here-1-a"])
    time.sleep(0.6)
    assert other.acted == []
    second.recover([])
    _until(lambda: len(other.recorded) == 2)
    second.close()
    assert work.recorded == []
