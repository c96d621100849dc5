"""What only PostgreSQL can do to us: many writers at once, and a server that goes away."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event

from factories.actions import a_context, a_gate, an_action
from factories.postgres import Postgres, a_postgres, programs
from factories.repositories import SITE, repository
from factories.server import a_server
from factories.storage import every_table
from fops.actions import Effect, InlineRunner, LocalInvoker, Registry, store
from fops.events import Event
from fops.events.store import publish, since
from fops.kernel.clock import SystemClock
from fops.kernel.errors import BrokenOff, Busy, FopsError, InDoubt, Transient, Unreachable, UsageError
from fops.storage.database import Database
from fops.storage.settings import StorageSettings
from fops.storage.turns import take_turn

AT = "2026-11-24T00:00:00.000000Z"


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    every_table()
    with postgres.fresh() as url:
        found = Database(url, StorageSettings(connections=4, wait_seconds=1))
        yield found
        found.close()


@pytest.fixture(scope="module")
def own(postgres: Postgres) -> Iterator[Postgres]:
    """A server that these tests may stop."""
    del postgres  # where that one cannot be started, these tests are skipped as well
    with a_postgres(programs(), crashes=True) as server:
        yield server


@pytest.fixture
def stoppable(own: Postgres) -> Iterator[Database]:
    every_table()
    with own.fresh() as url:
        found = Database(url, StorageSettings(connections=4, wait_seconds=2))
        yield found
        found.close()
        own.stop()
        own.start()


def _event(operation: str, step: str) -> store.StepRow:
    return store.StepRow(operation_id=operation, step=step, status="started", detail="", seconds=None)


def _second_overtakes(database: Database, slow, fast, *, seconds: float) -> bool:
    """Two writers; the first has written and waits. Is the second done before it, within the time?"""
    written, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with database.write() as connection:
            slow(connection)
            written.set()
            go_on.wait(20)

    def second() -> None:
        written.wait(20)
        with database.write() as connection:
            fast(connection)

    threads = [threading.Thread(target=one) for one in (first, second)]
    for one in threads:
        one.start()
    written.wait(20)
    threads[1].join(seconds)
    overtaken = not threads[1].is_alive()
    go_on.set()
    for one in threads:
        one.join()
    return overtaken


def test_events_of_one_operation_are_seen_in_the_order_of_their_numbers(database: Database):
    assert not _second_overtakes(
        database,
        lambda connection: store.add_event(connection, a_context(), _event("opn_a", "first"), at=AT),
        lambda connection: store.add_event(connection, a_context(), _event("opn_a", "second"), at=AT),
        seconds=0.3,
    )
    with database.read() as connection:
        rows = store.events_after(connection, a_context(), "opn_a", seq=0)
    assert [row["step"] for row in rows] == ["first", "second"]


def test_operations_do_not_wait_for_each_other(database: Database):
    assert _second_overtakes(
        database,
        lambda connection: store.add_event(connection, a_context(), _event("opn_a", "first"), at=AT),
        lambda connection: store.add_event(connection, a_context(), _event("opn_b", "second"), at=AT),
        seconds=20,
    )


def test_the_outbox_is_seen_in_the_order_of_its_numbers(database: Database):
    def put(name: str):
        return lambda connection: publish(
            connection, a_context(), Event(kind="k", subject=name, data={}), at=AT
        )

    assert not _second_overtakes(database, put("first"), put("second"), seconds=0.3)
    with database.read() as connection:
        assert [one.subject for _, one in since(connection, a_context(), 0)] == ["first", "second"]


def test_a_follower_misses_nothing_while_many_write(database: Database):
    seen: list[str] = []
    writing = threading.Event()

    def write(number: int) -> None:
        with database.write() as connection:
            store.add_event(connection, a_context(), _event("opn_a", str(number)), at=AT)
            time.sleep(0.001 * (number % 3))

    def follow() -> None:
        last = 0
        while True:
            over = writing.is_set()
            with database.read() as connection:
                rows = store.events_after(connection, a_context(), "opn_a", seq=last)
            seen.extend(row["step"] for row in rows)
            last = rows[-1]["seq"] if rows else last
            if over:
                return

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(3) as writers:
        list(writers.map(write, range(60)))
    writing.set()
    follower.join()
    assert sorted(map(int, seen)) == list(range(60))


def test_waiting_too_long_for_a_turn_is_told_as_passing(database: Database):
    impatient = Database(database.url.render_as_string(), StorageSettings(statement_seconds=1))
    with database.write() as connection:
        take_turn(connection, "x")
        with pytest.raises(Transient, match="took too long"), impatient.write() as other:
            take_turn(other, "x")
    impatient.close()


def test_more_callers_than_connections_wait_and_are_then_told_to_come_back(database: Database):
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(database.read())
        with pytest.raises(Busy) as caught:
            held.enter_context(database.read())
    assert caught.value.retry_after
    assert "DATABASE_CONNECTIONS" in caught.value.hint


@pytest.mark.parametrize("subject", ["s" * 65, "a\0b"])
def test_a_value_that_does_not_fit_is_a_mistake_of_the_caller(database: Database, subject: str):
    with pytest.raises(UsageError, match="does not fit"), database.write() as connection:
        publish(connection, a_context(), Event(kind="k", subject=subject, data={}), at=AT)


def test_a_read_cannot_write(database: Database):
    with pytest.raises(FopsError, match="read-only"), database.read() as connection:
        publish(connection, a_context(), Event(kind="k", subject="s", data={}), at=AT)


def test_a_server_that_does_not_answer_is_waited_for_and_then_named():
    database = Database("postgresql://ada:hunter2@127.0.0.1:1/fops", StorageSettings(wait_seconds=1))
    with pytest.raises(Unreachable) as caught, database.read():
        pass
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1:1" in caught.value.message
    assert caught.value.retry_after


def test_a_database_that_does_not_exist_is_no_matter_of_waiting(postgres: Postgres):
    before = time.monotonic()
    with pytest.raises(FopsError, match="does not exist") as caught, Database(postgres.url("nobody")).read():
        pass
    assert not isinstance(caught.value, Transient)
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_after_a_restart_the_next_caller_notices_nothing(own: Postgres, stoppable: Database, how):
    with stoppable.write() as connection:
        publish(connection, a_context(), Event(kind="k", subject="before", data={}), at=AT)
    own.stop(how)
    back = threading.Timer(0.5, own.start)
    back.start()
    with stoppable.write() as connection:
        publish(connection, a_context(), Event(kind="k", subject="after", data={}), at=AT)
    back.join()
    with stoppable.read() as connection:
        assert [one.subject for _, one in since(connection, a_context(), 0)] == ["before", "after"]


def test_what_was_half_written_when_the_server_went_is_gone_and_said_so(own: Postgres, stoppable: Database):
    def write_while_it_stops() -> None:
        with stoppable.write() as connection:
            publish(connection, a_context(), Event(kind="k", subject="half", data={}), at=AT)
            own.stop()
            publish(connection, a_context(), Event(kind="k", subject="other half", data={}), at=AT)

    with pytest.raises(BrokenOff):
        write_while_it_stops()
    own.start()
    with stoppable.read() as connection:
        assert since(connection, a_context(), 0) == []


def test_a_read_that_broke_off_is_done_once_more(own: Postgres, stoppable: Database, tmp_path: Path):
    times: list[int] = []

    def perform(_ctx, _parameters):
        times.append(1)
        with stoppable.read() as connection:
            if len(times) == 1:
                own.stop()
                own.start()
            return {"events": len(since(connection, a_context(), 0))}

    action = an_action(effect=Effect.READ, perform=perform)
    gate, _ = a_gate(tmp_path, action)
    invoker = LocalInvoker(Registry([action]), InlineRunner(stoppable, SystemClock()), gate, lambda *_: True)
    assert invoker.invoke(a_context(), "echo.say", {"text": "x"}) == {"events": 0}
    assert len(times) == 2


def _written(database: Database, at_commit) -> None:
    """A write in whose commit something happens."""
    with database.write() as connection:
        publish(connection, a_context(), Event(kind="k", subject="mine", data={}), at=AT)
        event.listen(database.engine, "commit", at_commit, once=True)


def _backend(connection, *, arrived: bool) -> int:
    """The process that serves a connection; the commit has arrived there, though the driver does not know of it."""
    driver = connection.connection.driver_connection
    if arrived:
        driver.commit()
        driver.execute("SELECT 1")
    return driver.info.backend_pid


def _kept(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.subject for _, one in since(connection, a_context(), 0)]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_commit_whose_answer_is_lost_is_asked_after(own: Postgres, stoppable: Database, *, arrived: bool):
    """Only the connection goes: after the commit was done, or before it arrived."""

    def break_off(connection) -> None:
        own.execute(f"SELECT pg_terminate_backend({_backend(connection, arrived=arrived)}, 5000)")

    if arrived:
        _written(stoppable, break_off)
    else:
        with pytest.raises(BrokenOff):
            _written(stoppable, break_off)
    assert _kept(stoppable) == ["mine"] * arrived


@pytest.mark.parametrize("arrived", [True, False])
def test_a_commit_at_which_the_server_goes_is_never_called_kept_for_nothing(
    own: Postgres, stoppable: Database, *, arrived: bool
):
    """What nothing of has reached the disk in a crash has a number that the next one gets: to whom it was kept."""

    def crash(connection) -> None:
        own.kill(_backend(connection, arrived=arrived))
        for _ in range(3):  # somebody else's, in the new life of the server
            own.execute("CREATE TABLE IF NOT EXISTS other (x int); INSERT INTO other VALUES (1)")

    with pytest.raises(InDoubt if arrived else (BrokenOff, InDoubt)):
        _written(stoppable, crash)
    assert _kept(stoppable) == ["mine"] * arrived


def test_a_commit_that_nobody_can_tell_of_is_left_in_doubt(own: Postgres, stoppable: Database):
    def write() -> None:
        with stoppable.write() as connection:
            publish(connection, a_context(), Event(kind="k", subject="s", data={}), at=AT)
            event.listen(stoppable.engine, "commit", lambda _connection: own.stop(), once=True)

    with pytest.raises(InDoubt, match="broke off"):
        write()
    own.start()


def test_under_load_a_restart_costs_some_answers_and_nothing_else(own: Postgres, stoppable: Database):
    """Every caller who was told "kept" finds it kept, and nobody who was told "not kept" does."""
    stop, told_kept, told_not, in_doubt = threading.Event(), [], [], []

    def caller(name: int) -> None:
        number = 0
        while not stop.is_set():
            subject = f"{name}-{number}"
            number += 1
            try:
                with stoppable.write() as connection:
                    publish(connection, a_context(), Event(kind="k", subject=subject, data={}), at=AT)
                told_kept.append(subject)
            except Transient:
                told_not.append(subject)
            except InDoubt:
                in_doubt.append(subject)

    with ThreadPoolExecutor(6) as callers:
        calling = [callers.submit(caller, name) for name in range(6)]
        for how in (signal.SIGINT, signal.SIGQUIT):
            time.sleep(0.4)
            own.stop(how)
            own.start()
        before, ends = len(told_kept), time.monotonic() + 20
        while len(told_kept) == before and time.monotonic() < ends:
            time.sleep(0.05)
        stop.set()
        for one in calling:
            one.result()
        assert len(told_kept) > before, "it did not recover alone"
    with stoppable.read() as connection:
        found = [one.subject for _, one in since(connection, a_context(), 0)]
    assert len(found) == len(set(found))
    assert set(told_kept) <= set(found) <= {*told_kept, *in_doubt}
    assert len(told_not) < len(told_kept)


def test_a_server_lives_through_a_restart_of_its_database(own: Postgres, tmp_path: Path):
    """Requests wait or fail clean: 200, 503 with a time to come back, 504 for a commit in doubt; then all is as before."""
    site, stop, answers = repository(tmp_path / "site", SITE), threading.Event(), []

    def ask(client: httpx2.Client, number: int) -> None:
        while not stop.is_set():
            if number:
                answers.append(client.get("/api/operations"))
            else:
                answers.append(client.post("/api/onboard/repo", json={"repo_url": str(site)}))
            time.sleep(0.01)

    with (
        own.fresh() as url,
        a_server({"DATABASE_URL": url, "DATABASE_WAIT_SECONDS": "5"}) as server,
        httpx2.Client(base_url=server.url, timeout=30) as client,
        ThreadPoolExecutor(5) as callers,
    ):
        asking = [callers.submit(ask, client, number) for number in range(5)]
        for how in (signal.SIGINT, signal.SIGQUIT):
            time.sleep(0.5)
            own.stop(how)
            time.sleep(0.3)
            own.start()
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.05)
        time.sleep(0.5)
        before = len(answers)
        while len(answers) < before + 5:
            time.sleep(0.05)
        stop.set()
        for one in asking:
            one.result()
        assert {one.status_code for one in answers[before:]} == {200}, answers[-1].text
        assert [one.text for one in answers if one.status_code not in {200, 503, 504}] == []
        assert all("retry-after" in one.headers for one in answers if one.status_code == 503)
        assert client.get("/api/audit/verify").json()["ok"]
        own.stop()
        ends = time.monotonic() + 20  # what it says may be a second old
        while client.get("/health/ready").status_code == 200 and time.monotonic() < ends:
            time.sleep(0.1)
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        own.start()
