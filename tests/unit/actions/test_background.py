"""Operations on threads: begun once, bounded, ended in order when the server stops."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from factories.actions import Echo, a_context, a_gate, anybody_may
from fops.actions.background import Background
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import InlineRunner, Workflow
from fops.actions.reading import operation
from fops.actions.registry import Registry
from fops.kernel.clock import SystemClock
from fops.kernel.errors import Busy, NotAllowed, UsageError


@pytest.fixture
def release():
    """What the work waits for."""
    found = threading.Event()
    yield found
    found.set()


def _background(database, folder, release, *, workers=1, waiting=1, authorise=anybody_may):
    def run(one, parameters):
        with one.step("say"):
            release.wait(20)
        return {"said": parameters.text}

    workflow = Workflow(name="echo.wait", summary="say it later", permission="echo.say", parameters=Echo,
                        subject=lambda _ctx, parameters: parameters.text, run=run)  # fmt: skip
    runner = InlineRunner(database, SystemClock())
    gate, _ = a_gate(folder)
    invoker = LocalInvoker(Registry([], [workflow]), runner, gate, authorise)
    return Background(invoker, runner, database, workers=workers, waiting=waiting)


def test_work_goes_on_while_the_caller_has_left(database, release, tmp_path):
    background = _background(database, tmp_path, release)
    started = background.start(a_context(), "echo.wait", {"text": "hello"})
    assert operation(database, a_context(), started, anybody_may)["status"] == "running"
    release.set()
    background.close(20)
    done = operation(database, a_context(), started, anybody_may)
    assert (done["status"], done["result"], done["subject"]) == ("succeeded", {"said": "hello"}, "hello")


def test_a_key_belongs_to_one_actor_and_one_request(database, release, tmp_path):
    background = _background(database, tmp_path, release, workers=4)
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


def test_more_than_may_wait_is_refused_with_a_time_to_come_back(database, release, tmp_path):
    background = _background(database, tmp_path, release)
    for _ in range(2):
        background.start(a_context(), "echo.wait", {"text": "a"})
    with pytest.raises(Busy) as caught:
        background.start(a_context(), "echo.wait", {"text": "a"})
    assert caught.value.retry_after
    release.set()
    background.close(20)


def test_what_has_not_begun_is_called_off_when_the_server_stops(database, release, tmp_path):
    background = _background(database, tmp_path, release)
    first, second = (background.start(a_context(), "echo.wait", {"text": "a"}) for _ in range(2))
    threading.Timer(0.2, release.set).start()
    background.close(20)
    assert operation(database, a_context(), first, anybody_may)["status"] == "succeeded"
    assert operation(database, a_context(), second, anybody_may)["status"] == "cancelled"


def test_who_may_not_leaves_no_operation(database, release, tmp_path):
    background = _background(database, tmp_path, release, authorise=lambda _ctx, _permission, _on: False)
    with pytest.raises(NotAllowed):
        background.start(a_context(), "echo.wait", {"text": "a"})
    background.close(1)
