"""Operations on threads: begun once, bounded, ended in order when the server stops."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from factories.actions import Echo, a_context, a_gate
from fops.actions.durable.background import Background
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import InlineRunner, Workflow
from fops.actions.reading import operation
from fops.actions.registry import Registry
from fops.kernel.clock import SystemClock
from fops.kernel.errors import Busy, NotAllowed, UsageError
from fops.storage.database import Database


@pytest.fixture
def database(tmp_path):
    found = Database(f"sqlite:///{tmp_path / 'fops.db'}")
    yield found
    found.close()


@pytest.fixture
def release():
    """What the work waits for."""
    found = threading.Event()
    yield found
    found.set()


def _background(database, release, *, workers=1, waiting=1, authorise=lambda _ctx, _permission: True):
    def run(one, parameters):
        with one.step("say"):
            release.wait(20)
        return {"said": parameters.text}

    workflow = Workflow(name="echo.wait", summary="say it later", permission="echo.say", parameters=Echo,
                        subject=lambda _ctx, parameters: parameters.text, run=run)  # fmt: skip
    runner = InlineRunner(database, SystemClock())
    gate, _ = a_gate(Path(database.engine.url.database).parent)
    invoker = LocalInvoker(Registry([], [workflow]), runner, gate, authorise)
    return Background(invoker, runner, database, workers=workers, waiting=waiting)


def test_work_goes_on_while_the_caller_has_left(database, release):
    background = _background(database, release)
    started = background.start(a_context(), "echo.wait", {"text": "hello"})
    assert operation(database, a_context(), started)["status"] == "running"
    release.set()
    background.close(20)
    done = operation(database, a_context(), started)
    assert (done["status"], done["result"], done["subject"]) == ("succeeded", {"said": "hello"}, "hello")


def test_a_key_belongs_to_one_actor_and_one_request(database, release):
    background = _background(database, release, workers=4)
    first = background.start(a_context(), "echo.wait", {"text": "a"}, key="k")
    assert background.start(a_context(), "echo.wait", {"text": "a"}, key="k") == first
    assert (
        background.start(replace(a_context(), actor="local:bob"), "echo.wait", {"text": "a"}, key="k")
        != first
    )
    with pytest.raises(UsageError, match="another request"):
        background.start(a_context(), "echo.wait", {"text": "b"}, key="k")
    release.set()
    background.close(20)


def test_more_than_may_wait_is_refused_with_a_time_to_come_back(database, release):
    background = _background(database, release)
    for _ in range(2):
        background.start(a_context(), "echo.wait", {"text": "a"})
    with pytest.raises(Busy) as caught:
        background.start(a_context(), "echo.wait", {"text": "a"})
    assert caught.value.retry_after
    release.set()
    background.close(20)


def test_what_has_not_begun_is_called_off_when_the_server_stops(database, release):
    background = _background(database, release)
    first, second = (background.start(a_context(), "echo.wait", {"text": "a"}) for _ in range(2))
    threading.Timer(0.2, release.set).start()
    background.close(20)
    assert operation(database, a_context(), first)["status"] == "succeeded"
    assert operation(database, a_context(), second)["status"] == "cancelled"


def test_who_may_not_leaves_no_operation(database, release):
    background = _background(database, release, authorise=lambda _ctx, _permission: False)
    with pytest.raises(NotAllowed):
        background.start(a_context(), "echo.wait", {"text": "a"})
    background.close(1)
