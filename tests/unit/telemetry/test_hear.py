"""Whoever listens hears each run with how it ended; with nobody there it is silent."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from fops.kernel.context import RequestContext
from fops.kernel.errors import Cancelled, InDoubt, NotAllowed, OutsideFailed
from fops.telemetry.hear import OUTCOMES, Telemetry

CTX = RequestContext(actor="local:ada", door="test", request_id="req_1")


class _Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    @contextmanager
    def during(self, run):
        try:
            yield
        finally:
            self.heard.append((run.name, run.outcome))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (OutsideFailed("down"), "failed"),
        (ZeroDivisionError(), "failed"),
        (NotAllowed("no"), "refused"),
        (Cancelled("stopped"), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (InDoubt("timed out"), "unknown"),
    ],
)
def test_every_ear_hears_how_a_run_ended_and_the_error_passes(error, outcome):
    telemetry, ears = Telemetry(), (_Ear(), _Ear())
    for ear in ears:
        telemetry.listen(ear)
    with pytest.raises(type(error)), telemetry.during(CTX, "operation", "onboard.repo"):
        raise error
    assert [ear.heard for ear in ears] == [[("onboard.repo", outcome)]] * 2
    assert outcome in OUTCOMES


def test_a_run_may_say_that_it_waits():
    telemetry, ear = Telemetry(), _Ear()
    telemetry.listen(ear)
    with telemetry.during(CTX, "operation", "deploy.service") as run:
        run.outcome = "waiting"
    assert ear.heard == [("deploy.service", "waiting")]


def test_nobody_there_is_no_trouble():
    with Telemetry().during(CTX, "action", "audit.list") as run:
        pass
    assert run.outcome == "succeeded"
