"""Servers and workers that die, sleep and stop in the midst of work: it comes to its end, once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from factories.household import Household, a_household
from factories.repositories import SITE, repository
from factories.slow import slow_git, wait_until
from fops.bootstrap import App, open_app
from fops.bootstrap.settings import Settings


@pytest.fixture
def household(database_url):
    """On either kind of database; a lease is short, as dead workers on PostgreSQL are waited for."""
    with a_household({"DATABASE_URL": database_url, "LEASE_SECONDS": "4"}) as made:
        yield made


@pytest.fixture
def site(tmp_path: Path) -> str:
    """An address, so that git is asked to clone it."""
    return f"file://{repository(tmp_path / 'site', SITE)}"


@contextmanager
def _house(household: Household) -> Iterator[App]:
    house = open_app(Settings(flags={"FOPS_HOME": str(household.fops.home), **household.env}))
    yield house
    house.close(seconds=1)


def _whole(household: Household, operations: list[str]) -> None:
    """Each operation left one proposal, and the trail is whole."""
    results = [household.ended(one)["result"] for one in operations]
    kept = sorted(path.name for path in (household.fops.home / "proposals").iterdir())
    assert kept == sorted(one["proposal"] for one in results)
    with _house(household) as house:
        assert house.audit.verify().ok
        succeeded = [entry for entry in house.audit.query() if entry.outcome == "succeeded"]
    assert sorted(entry.operation_id for entry in succeeded) == sorted(operations)


def test_what_a_killed_server_had_taken_is_finished_by_the_next(household, site, tmp_path):
    slow = slow_git(tmp_path / "slow", "clone")
    household.start("serve", path=slow)
    begun = household.onboard(site, "first")
    wait_until((slow / "reached").exists, "nothing was begun")
    waiting = household.onboard(site, "second")
    household.kill("serve")
    household.start("serve")
    assert household.onboard(site, "first") == begun
    assert household.onboard(site, "second") == waiting
    household.ended(begun)
    household.ended(waiting)
    stream = household.ask("GET", f"/api/operations/{begun}/events").text
    assert "its worker ended" in stream
    assert stream.rstrip().endswith('{"status": "succeeded", "detail": ""}')
    with _house(household) as house:
        assert house.audit.verify().ok


def test_a_worker_takes_what_a_server_leaves_it_and_another_takes_over_when_it_dies(
    household, site, tmp_path
):
    household.start("door")
    operation = household.onboard(site, "one")
    assert (household.operation(operation)["status"], household.workers()) == ("queued", [])
    slow = slow_git(tmp_path / "slow", "clone")
    household.start("worker", name="first", path=slow)
    wait_until((slow / "reached").exists, "nothing was begun")
    household.start("worker", name="second")
    wait_until(lambda: len(household.workers()) == 2, "the second does not show")
    assert [one["leads"] for one in household.workers()] == [True, False]
    household.kill("first")
    household.ended(operation)
    _whole(household, [operation])
    assert "stopped" in household.stop("second").splitlines()[-1]


@pytest.mark.long
def test_a_suspended_worker_loses_its_work_and_what_it_gives_later_is_dropped(household, site, tmp_path):
    household.start("door")
    operation = household.onboard(site, "one")
    slow = slow_git(tmp_path / "slow", "clone", seconds=5)
    household.start("worker", name="first", path=slow)
    wait_until((slow / "reached").exists, "nothing was begun")
    household.send("first", signal.SIGSTOP)
    household.start("worker", name="second")
    household.ended(operation)
    leader = next(one["id"] for one in household.workers() if one["leads"])
    household.send("first", signal.SIGCONT)
    wait_until(lambda: len(household.workers()) == 2, "the first does not come back")
    again = household.onboard(site, "two")
    household.ended(again)
    assert [one["id"] for one in household.workers() if one["leads"]] == [leader]
    with _house(household) as house:
        entries = [entry for entry in house.audit.query() if entry.operation_id == operation]
    assert [entry.outcome for entry in entries] == ["started", "succeeded"]
    assert household.operation(operation)["status"] == "succeeded"
    for name in ("first", "second"):
        assert "Traceback" not in household.stop(name)


def test_what_is_cancelled_ends_with_the_programs_it_waits_for(household, site, tmp_path):
    slow = slow_git(tmp_path / "slow", "clone")
    household.start("serve", path=slow)
    operation = household.onboard(site, "one")
    wait_until((slow / "reached").exists, "nothing was begun")
    assert household.ask("POST", f"/api/operations/{operation}/cancel").json()["status"] == "running"
    done = household.ended(operation, "cancelled")
    assert done["error"]["code"] == "cancelled"
    assert household.ask("POST", f"/api/operations/{operation}/cancel").status_code == 422
    assert list((household.fops.home).glob("proposals/*")) == []
    assert "stopped" in household.stop("serve").splitlines()[-1]
