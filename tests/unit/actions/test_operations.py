"""Operations: steps with times, kept and heard; how each way of ending is remembered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from factories.actions import a_context
from fops.actions.operations import InlineRunner
from fops.actions.store import Operations, operation_events, operations
from fops.kernel.clock import SystemClock
from fops.kernel.errors import NotDeployable, OutsideFailed, StorageFailed


def _run(database, work, heard=None, **changes):
    runner = InlineRunner(database, SystemClock(), (heard if heard is not None else []).append)
    return runner.run(a_context(**changes), "test.kind", "subject", work)


def _steps(operation):
    with operation.step("first") as note:
        note.text = "three files"
    return operation.id


def test_every_step_is_heard_twice_and_kept_with_its_time(database):
    heard = []
    identifier = _run(database, _steps, heard)
    assert [(event.step, event.status) for event in heard] == [("first", "started"), ("first", "succeeded")]
    assert heard[1].seconds is not None
    explained = Operations(database).describe(a_context(), identifier)
    assert "test.kind of subject by local:ada: succeeded" in explained.node.says
    assert "three files" in explained.rests_on[0].node.says


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotDeployable("a library"), "refused"),
        (OutsideFailed("down"), "failed"),
        (KeyboardInterrupt(), "cancelled"),
    ],
)
def test_the_way_it_ended_is_remembered(database, error, status):
    def work(operation):
        with operation.step("first"):
            raise error

    with pytest.raises(type(error)):
        _run(database, work)
    with database.read() as connection:
        assert connection.execute(select(operations.c.status)).scalar() == status


def _fill_up(database):
    """From here on nothing more goes in, as on a disk that is full."""
    says, each = "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END", ""
    with database.write() as connection:
        if database.kind == "postgresql":
            fails = "BEGIN RAISE disk_full USING MESSAGE = 'database or disk is full'; END"
            connection.exec_driver_sql(
                f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ {fails} $$"
            )
            says, each = "EXECUTE FUNCTION fail()", "FOR EACH ROW"
        for change in ("INSERT ON operation_events", "UPDATE ON operations"):
            connection.exec_driver_sql(f'CREATE TRIGGER "{change}" BEFORE {change} {each} {says}')


def test_what_was_done_is_no_failure_because_its_end_could_not_be_kept(database):
    heard = []

    def work(operation):
        with operation.step("first"):
            _fill_up(database)
        return "done"

    assert _run(database, work, heard) == "done"
    assert [event.status for event in heard] == ["started", "succeeded"]


def test_a_step_whose_beginning_cannot_be_kept_does_not_run(database):
    def work(operation):
        _fill_up(database)
        with operation.step("first"):
            raise AssertionError("it ran")

    with pytest.raises(StorageFailed, match="database or disk is full"):
        _run(database, work)


def test_a_dry_run_keeps_no_operation(database):
    _run(database, _steps, dry_run=True)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(operations)).scalar() == 0
        assert connection.execute(select(func.count()).select_from(operation_events)).scalar() == 0


def test_another_tenant_sees_nothing_of_it(database):
    identifier = _run(database, _steps)
    assert Operations(database).describe(a_context(tenant="other"), identifier) is None
