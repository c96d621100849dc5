"""Sealing among real processes: killed at each of its steps, and while others append."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from fops.audit import AuditLog, Outcome
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext

CTX = RequestContext(actor="local:ada", door="test", request_id="req_1")

# Ends the process, as kill -9 does, before the n-th change that sealing makes to the disk.
DIES = """
import os, sys
from pathlib import Path
from fops.audit import AuditLog
from fops.kernel.clock import SystemClock
left = int(sys.argv[2])
def mortal(name):
    deed = getattr(os, name)
    def step(*words, **more):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return deed(*words, **more)
    setattr(os, name, step)
for name in ("replace", "unlink", "fsync", "mkdir"):
    mortal(name)
AuditLog(Path(sys.argv[1]), clock=SystemClock(), chain="").seal(compress_days=1, keep_days=int(sys.argv[3]))
"""
WRITER = """
import sys
from fops.audit import AuditLogger
for number in range(60):
    AuditLogger(sys.argv[1]).log_action("deploy", "ada", {"number": number})
"""


class At:
    """A clock that stands."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def elapsed(self):
        return 0.0


@pytest.fixture
def three_days(tmp_path):
    """Twenty lines of each of three days that are over."""
    for back in (5, 4, 3):
        log = AuditLog(tmp_path, clock=At(datetime.now(UTC) - timedelta(days=back)), chain="")
        for number in range(20):
            log.append(
                CTX, action="deploy", target="shop", outcome=Outcome.STARTED, details={"number": number}
            )
    return AuditLog(tmp_path, clock=SystemClock(), chain="")


def seal(folder, steps, *, keep):
    words = [sys.executable, "-c", DIES, str(folder), str(steps), str(keep)]
    return subprocess.run(words, check=False).returncode


def test_killed_at_any_step_every_line_stays_readable_and_the_next_call_goes_on(three_days):
    before, steps = list(three_days.query()), 0
    while seal(three_days.folder, steps, keep=100) == 9:
        verdict = three_days.verify()
        assert (verdict.ok, verdict.entries, verdict.dropped) == (True, 60, 0), (steps, verdict)
        assert list(three_days.query()) == before, steps
        steps = (steps + 1) % 4 if steps > 12 else steps + 1  # also: killed again and again in the same place
    assert steps > 8
    assert sorted(path.suffix for path in (three_days.folder / "sealed").glob("audit_*")) == [
        ".gz",
        ".gz",
        ".seal",
        ".seal",
    ]
    assert three_days.verify().ok


def test_killed_while_lines_are_given_up_the_rest_is_whole(three_days):
    steps = 0
    while seal(three_days.folder, steps, keep=4) == 9:
        verdict = three_days.verify()
        assert (verdict.ok, verdict.entries) == (True, 60), (steps, verdict)
        assert len(list(three_days.query())) == 60 - verdict.dropped
        steps += 1
    assert three_days.verify().dropped == 20


def test_days_are_sealed_while_others_write_and_read(three_days):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(three_days.folder)]) for _ in range(3)]
    sealer = subprocess.Popen([sys.executable, "-c", DIES, str(three_days.folder), "1000", "100"])
    while any(one.poll() is None for one in (*writers, sealer)):
        assert three_days.verify().ok
        assert len(list(three_days.query(until=datetime.now(UTC) - timedelta(days=1)))) == 60
    assert [one.returncode for one in (*writers, sealer)] == [0] * 4
    three_days.seal(compress_days=1, keep_days=None)
    verdict = three_days.verify()
    assert (verdict.ok, verdict.entries) == (True, 240)
    assert sorted(path.name for path in three_days.folder.glob("audit_*.jsonl")) == [
        max(path.name for path in three_days.folder.glob("audit_*.jsonl"))
    ]
