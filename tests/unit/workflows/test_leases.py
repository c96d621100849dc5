"""Leases, signs of life and schedules, as rows: who has them, until when, and who may take over."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from fops.kernel.clock import SystemClock, isoformat
from fops.kernel.errors import StorageFailed
from fops.workflows import store
from fops.workflows.proof import ProofOfLife
from fops.workflows.schedule import Schedule, run_due

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _take(database, owner, *, after=0.0, proven=False):
    with database.write() as connection:
        at = NOON + timedelta(seconds=after)
        return store.take_lease(connection, store.RUNNER, owner, at=at, seconds=15, proven=proven)


def _token(database):
    with database.read() as connection:
        return connection.execute(store.leases.select()).one().token


def test_a_lease_has_one_owner_until_it_runs_out(database):
    assert _take(database, "a")
    assert not _take(database, "b", after=14)
    assert _take(database, "b", after=15)
    assert not _take(database, "a", after=16)
    with database.read() as connection:
        assert store.holds_lease(connection, store.RUNNER, "b", at=NOON + timedelta(seconds=29))
        assert not store.holds_lease(connection, store.RUNNER, "b", at=NOON + timedelta(seconds=30))
        assert not store.holds_lease(connection, store.RUNNER, "a", at=NOON)


def test_a_lease_renewed_keeps_its_token_and_one_taken_over_gets_another(database):
    _take(database, "a")
    _take(database, "a", after=10)
    assert not _take(database, "b", after=20)
    assert _token(database) == 1
    _take(database, "b", after=25)
    assert _token(database) == 2


def test_an_owner_whose_proof_of_life_is_gone_is_not_waited_for(database):
    _take(database, "a", proven=True)
    assert not _take(database, "b", after=1, proven=False)
    assert _take(database, "b", after=1, proven=True)


def test_an_owner_that_never_had_the_proof_is_waited_for_whoever_has_it(database):
    _take(database, "a", proven=False)
    assert not _take(database, "b", after=1, proven=True)


def test_a_lease_let_go_is_free_at_once_and_its_worker_forgotten(database):
    _take(database, "a")
    with database.write() as connection:
        store.beat(connection, "a", at=NOON, seconds=15, concurrency=4)
        assert [one["leads"] for one in store.living(connection, at=NOON)] == [True]
        store.let_go(connection, "a", at=NOON + timedelta(seconds=1))
        assert store.living(connection, at=NOON) == []
    assert _take(database, "b", after=1)


def test_a_worker_lives_as_long_as_it_gives_signs(database):
    with database.write() as connection:
        store.beat(connection, "a", at=NOON, seconds=15, concurrency=4)
        store.beat(connection, "a", at=NOON + timedelta(seconds=10), seconds=15, concurrency=4)
        alive = store.living(connection, at=NOON + timedelta(seconds=20))
        assert [(one["id"], one["started_at"]) for one in alive] == [("a", isoformat(NOON))]
        assert store.living(connection, at=NOON + timedelta(seconds=25)) == []
        store.forget_dead(connection, before=NOON + timedelta(days=1))
        assert connection.execute(store.workers.select()).all() == []


def test_the_proof_of_life_is_one_process_at_a_time(tmp_path):
    first, second = (ProofOfLife(tmp_path / "runner.lock") for _ in range(2))
    assert first.take()
    assert first.take()
    assert not second.take()
    first.let_go()
    assert second.take()
    second.let_go()


def test_where_nothing_can_be_locked_nobody_has_proof(tmp_path):
    assert not ProofOfLife(tmp_path / "absent" / "runner.lock").take()


def test_a_schedule_is_due_once_in_its_time_for_all_processes(database):
    due = []
    for minutes in (0, 30, 59, 61, 90, 121):
        with database.write() as connection:
            at = NOON + timedelta(minutes=minutes)
            if store.begin_run(connection, "tidy", every=timedelta(hours=1), at=at):
                due.append(minutes)
    assert due == [0, 61, 121]


def test_what_fails_is_not_tried_again_before_its_time(database):
    ran = []

    def fail():
        ran.append(1)
        raise StorageFailed("no space")

    for _ in range(2):
        try:
            run_due([Schedule(name="tidy", every=timedelta(hours=1), run=fail)], database, SystemClock())
        except StorageFailed:
            continue
    assert len(ran) == 1


def test_the_engine_keeps_its_tables_beside_a_file_and_inside_a_server():
    assert store.queue_url("sqlite:////var/lib/fops/fops.db") == "sqlite:////var/lib/fops/workflows.db"
    url = "postgresql+psycopg://fops@db.example.org/fops"
    assert store.queue_url(url) == url
    assert store.sqlite_engine(url) is None


def test_old_versions_of_sqlite_get_the_function_that_the_engine_takes_for_granted(tmp_path):
    engine = store.sqlite_engine(f"sqlite:///{tmp_path / 'workflows.db'}")
    with engine.connect() as connection:
        seconds = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar()
    engine.dispose()
    if sqlite3.sqlite_version_info < (3, 42):
        assert abs(seconds - SystemClock().now().timestamp()) < 60
