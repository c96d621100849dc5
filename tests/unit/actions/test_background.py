"""Operations that outlive their request: asked for once, bounded, carried out by a worker, ended in order when it stops."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from factories.actions import Echo, a_context, a_gate, anybody_may
from factories.queues import ThreadQueue
from fops.actions import store
from fops.actions.durable.background import Background
from fops.actions.durable.hops import Hops, clear_away, expire_waits, settle
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import InlineRunner, Waiting, Workflow
from fops.actions.own import work
from fops.actions.reading import operation
from fops.actions.registry import Registry
from fops.kernel import interrupts
from fops.kernel.clock import SystemClock
from fops.kernel.errors import Busy, NotAllowed, NotFound, UsageError
from fops.workflows import store as workflows
from fops.workflows.worker import Terms, Worker


@pytest.fixture
def release():
    """What the work waits for."""
    found = threading.Event()
    yield found
    found.set()


@pytest.fixture
def house(database, tmp_path, release):
    """A small house whose worker has not begun; its work `echo.wait` says its text once it is released."""
    made = a_house(database, tmp_path, release)
    yield made
    made.worker.stop(3)


def a_house(database, folder, release, *, most=10, authorise=anybody_may, concurrency=1):
    began = threading.Event()
    ran: list[int] = []

    def run(one, parameters):
        ran.append(one.ctx.attempt)
        began.set()
        with one.step("say"):
            while not release.wait(0.02):
                interrupts.check()
        return {"said": parameters.text, "token": "obviously-fake"}

    def ask(one, parameters):
        ran.append(one.ctx.attempt)
        if one.answer is None:
            return Waiting(kind="approval", subject="sha256:0", seconds=60, carry={"text": parameters.text})
        return {"answer": one.answer.text, "by": one.answer.by, "text": one.answer.carry["text"]}

    def flow(name, work_of):
        return Workflow(name=name, summary="say it later", permission="echo.say", parameters=Echo,
                        subject=lambda _ctx, parameters: parameters.text, run=work_of)  # fmt: skip

    clock = SystemClock()
    gate, _ = a_gate(folder)
    offered = Registry([], [flow("echo.wait", run), flow("echo.ask", ask)])
    invoker = LocalInvoker(offered, InlineRunner(database, clock), gate, authorise)
    background = Background(invoker, database, clock, most=most)
    hops = Hops(invoker, database, clock, max_attempts=3, told=background.told)
    terms = Terms(concurrency=concurrency, lease_seconds=5, exclusive=True)
    worker = Worker(database=database, clock=clock, work=hops, durable=ThreadQueue(), terms=terms)
    background.nudge = worker.nudge
    cancel, _ = work.actions(database, clock, authorise)
    return SimpleNamespace(background=background, hops=hops, worker=worker, cancel=cancel, ran=ran, began=began,
                           start=lambda text="hello", **more: background.start(a_context(), "echo.wait", {"text": text}, **more))  # fmt: skip


def ended(database, identifier, *, status="succeeded"):
    """The operation once it has this status."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found = operation(database, a_context(), identifier, anybody_may)
        if found["status"] == status:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


class AShift:
    """A worker that holds what it needs, until it is told otherwise."""

    worker = "here-1-abc"

    def __init__(self, *, holds=True, stops=False):
        self.has, self.stops = holds, stops

    def holds(self, _connection):
        return self.has

    def must_stop(self):
        return self.stops


def test_work_goes_on_while_the_caller_has_left(house, database, release):
    started = house.start()
    assert operation(database, a_context(), started, anybody_may)["status"] == "queued"
    house.worker.start()
    ended(database, started, status="running")
    release.set()
    done = ended(database, started)
    assert done["result"] == {"said": "hello", "token": "****"}
    assert done["subject"] == "hello"


def test_who_waits_hears_of_the_end_at_once(house, release):
    started = house.start()
    release.set()
    house.worker.start()
    asyncio.run(house.background.ended(started, 10))
    assert house.ran == [1]


def test_who_waits_for_what_nobody_takes_is_not_kept_beyond_the_time(house):
    started = house.start()
    asyncio.run(house.background.ended(started, 0.1))
    assert house.ran == []


def test_a_key_belongs_to_one_actor_and_one_request(house):
    first = house.start("a", key="k")
    assert house.start("a", key="k") == first
    bob = replace(a_context(), actor="local:bob")
    assert house.background.start(bob, "echo.wait", {"text": "a"}, key="k") != first
    with pytest.raises(UsageError, match="another request"):
        house.start("b", key="k")


def test_a_request_sent_many_times_at_once_is_one_operation(house, database):
    found = []
    threads = [threading.Thread(target=lambda: found.append(house.start("a", key="k"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    with database.read() as connection:
        assert store.count_open(connection) == 1


def test_more_than_may_wait_is_refused_with_a_time_to_come_back(database, tmp_path, release):
    house = a_house(database, tmp_path, release, most=2)
    for _ in range(2):
        house.start()
    with pytest.raises(Busy) as caught:
        house.start()
    assert caught.value.retry_after


def test_who_may_not_leaves_no_operation(database, tmp_path, release):
    house = a_house(database, tmp_path, release, authorise=lambda _ctx, _permission, _on: False)
    with pytest.raises(NotAllowed):
        house.start()
    with database.read() as connection:
        assert store.count_open(connection) == 0


def test_a_credential_is_refused_before_it_is_kept(house, database):
    for text in ("https://ada:obviously-fake@example.test/shop", "ghp_" + "a" * 36):
        with pytest.raises(UsageError, match="credential"):
            house.start(text)
    with database.read() as connection:
        assert store.count_open(connection) == 0


def test_a_permission_taken_away_since_is_asked_for_again(database, tmp_path, release):
    allowed = [True]
    house = a_house(database, tmp_path, release, authorise=lambda _ctx, _permission, _on: allowed[0])
    started = house.start()
    allowed[0] = False
    house.hops.record(f"{started}.1", house.hops.act(f"{started}.1", AShift()))
    assert operation(database, a_context(), started, anybody_may)["status"] == "refused"
    assert house.ran == []


def test_the_caller_travels_with_the_work(house):
    seen = []
    house.hops._work = lambda one, _row, _shift: seen.append(one.ctx) or {}
    asked = replace(a_context(), actor="local:bob", door="api", tenant="acme", request_id="req_7")
    started = house.background.start(asked, "echo.wait", {"text": "a"})
    house.hops.act(f"{started}.1", AShift())
    assert seen == [replace(asked, operation_id=started, attempt=1)]


def test_a_worker_without_its_lease_takes_nothing(house):
    started = house.start()
    assert house.hops.act(f"{started}.1", AShift(holds=False)) == {}
    assert house.ran == []
    assert house.hops.queued() == [f"{started}.2"]


def test_the_results_of_a_lost_lease_are_dropped(house, database, release):
    started = house.start()
    release.set()
    stale = house.hops.act(f"{started}.1", AShift())
    fresh = house.hops.act(f"{started}.1", AShift())
    house.hops.record(f"{started}.1", stale | {"ended": stale["ended"] | {"detail": "stale"}})
    assert operation(database, a_context(), started, anybody_may)["status"] == "running"
    house.hops.record(f"{started}.1", fresh)
    assert operation(database, a_context(), started, anybody_may)["detail"] == ""


def test_a_worker_that_was_overtaken_stops_at_its_next_step(house, database):
    started = house.start()
    slow = threading.Thread(target=lambda: found.append(house.hops.act(f"{started}.1", AShift())))
    found = []
    slow.start()
    house.began.wait(5)
    with database.write() as connection:
        store.take(connection, started, 1)
    slow.join(5)
    assert found[0]["ended"]["error"]["code"] == "busy"


def test_work_that_keeps_ending_its_worker_fails_for_good(house, database):
    started = house.start()
    for _ in range(3):
        with database.write() as connection:
            store.take(connection, started, 1)
    house.hops.record(f"{started}.1", house.hops.act(f"{started}.1", AShift()))
    done = operation(database, a_context(), started, anybody_may)
    assert done["status"] == "failed"
    assert "ended its worker 3 times" in done["error"]["message"]
    assert house.ran == []


def test_an_orderly_stop_hands_back_what_it_interrupts_and_that_is_no_cut(house, database):
    started = house.start()
    house.worker.start()
    house.began.wait(5)
    assert house.worker.stop(0.6)
    with database.read() as connection:
        row = store.by_id(connection, started)
    assert (row["status"], row["hop"], row["cut"]) == ("queued", 2, 0)
    assert house.worker.stop(0.1)


def test_the_step_that_was_cut_is_told_as_such(house, database, release):
    started = house.start()
    release.set()
    with database.write() as connection:
        store.take(connection, started, 1)
        row = store.StepRow(operation_id=started, step="say", status="started", detail="", seconds=None)
        store.add_event(connection, a_context(), row, at="2026-11-30T00:00:00.000000Z")
    house.hops.act(f"{started}.1", AShift())
    with database.read() as connection:
        events = store.events_after(connection, a_context(), started, seq=0)
    assert [(one["step"], one["status"]) for one in events] == [
        ("say", "started"), ("say", "failed"), ("say", "started"), ("say", "succeeded"),
    ]  # fmt: skip
    assert events[1]["detail"] == "its worker ended"


def test_what_nobody_works_on_is_cancelled_at_once(house, database):
    started = house.start()
    assert house.cancel.perform(a_context(), SimpleNamespace(id=started))["status"] == "cancelled"
    assert house.hops.act(f"{started}.1", AShift()) == {}
    assert operation(database, a_context(), started, anybody_may)["detail"] == "cancelled by local:ada"


def test_what_runs_is_cancelled_at_its_next_good_moment(house, database):
    started = house.start()
    house.worker.start()
    house.began.wait(5)
    assert house.cancel.perform(a_context(), SimpleNamespace(id=started))["status"] == "running"
    done = ended(database, started, status="cancelled")
    assert done["detail"] == "cancelled by local:ada"


def test_what_has_ended_cannot_be_cancelled_nor_what_is_not_there(house, release):
    started = house.start()
    release.set()
    house.hops.record(f"{started}.1", house.hops.act(f"{started}.1", AShift()))
    with pytest.raises(UsageError, match="succeeded already"):
        house.cancel.perform(a_context(), SimpleNamespace(id=started))
    with pytest.raises(NotFound):
        house.cancel.perform(a_context(), SimpleNamespace(id="opn_none"))


def _asked(house, database):
    """An operation that waits for a person, and the row of the wait."""
    started = house.background.start(a_context(), "echo.ask", {"text": "go?"})
    house.hops.record(f"{started}.1", house.hops.act(f"{started}.1", AShift()))
    with database.read() as connection:
        return started, workflows.newest_wait(connection, "default", started)


def test_a_wait_for_a_person_is_a_row_whose_answer_queues_the_next_hop(house, database):
    started, wait = _asked(house, database)
    assert operation(database, a_context(), started, anybody_may)["status"] == "waiting"
    assert house.hops.unended() == []
    with database.write() as connection:
        at = workflows.now(connection, SystemClock())
        assert settle(connection, wait, "yes", by="local:bob", at=at)
        assert not settle(connection, wait, "no", by="local:eve", at=at)
    house.hops.record(f"{started}.2", house.hops.act(f"{started}.2", AShift()))
    done = operation(database, a_context(), started, anybody_may)
    assert done["result"] == {"answer": "yes", "by": "local:bob", "text": "go?"}


def test_a_wait_that_nobody_answers_expires(house, database):
    started, _ = _asked(house, database)
    expire_waits(database, SystemClock())
    assert operation(database, a_context(), started, anybody_may)["status"] == "waiting"
    with database.write() as connection:
        connection.execute(workflows.waits.update().values(expires_at="2026-01-01T00:00:00.000000Z"))
    expire_waits(database, SystemClock())
    house.hops.record(f"{started}.2", house.hops.act(f"{started}.2", AShift()))
    assert operation(database, a_context(), started, anybody_may)["result"]["answer"] == "expired"


def test_an_operation_that_waits_can_be_cancelled(house, database):
    started, _ = _asked(house, database)
    assert house.cancel.perform(a_context(), SimpleNamespace(id=started))["status"] == "cancelled"


def test_old_results_go_and_that_it_ran_stays(house, database, release):
    started = house.start()
    release.set()
    house.hops.record(f"{started}.1", house.hops.act(f"{started}.1", AShift()))
    clear_away(database, SystemClock(), keep=timedelta(days=1))
    assert operation(database, a_context(), started, anybody_may)["result"] is not None
    clear_away(database, SystemClock(), keep=timedelta(seconds=-1))
    kept = operation(database, a_context(), started, anybody_may)
    assert (kept["status"], kept["result"]) == ("succeeded", None)
    with database.read() as connection:
        assert store.events_after(connection, a_context(), started, seq=0) == []


def test_the_events_of_what_failed_go_too(database):
    runner = InlineRunner(database, SystemClock())

    def fail(one):
        with one.step("say"):
            raise NotFound("nothing is there")

    with pytest.raises(NotFound):
        runner.run(a_context(), "echo.wait", "x", fail)
    clear_away(database, SystemClock(), keep=timedelta(seconds=-1))
    with database.read() as connection:
        assert connection.execute(store.operation_events.select()).all() == []


def test_what_ran_in_a_command_that_died_is_given_up_after_a_day(database):
    runner = InlineRunner(database, SystemClock())
    old, new = (runner.begin(a_context(), "echo.wait", "x") for _ in range(2))
    with database.write() as connection:
        mine = store.operations.c.id == old.id
        connection.execute(
            store.operations.update().where(mine).values(started_at="2026-01-01T00:00:00.000000Z")
        )
    clear_away(database, SystemClock(), keep=timedelta(days=1))
    assert operation(database, a_context(), old.id, anybody_may)["status"] == "failed"
    assert operation(database, a_context(), new.id, anybody_may)["status"] == "running"


def test_no_session_is_open_while_a_hop_acts(house, database):
    seen = []
    house.hops._work = lambda *_words: seen.append(database.engine.pool.checkedout()) or {}
    started = house.start()
    house.hops.act(f"{started}.1", AShift())
    assert seen == [0]
