"""What docs/audit.md shows is true: its line, its check by hand and its example run here."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fops.audit import AuditLog, AuditLogger, Outcome
from fops.audit.line import KEYS, is_sealed, read
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
BY_HAND, FROM_PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
LINE = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1]


def run(script, *words, cwd=None):
    return subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.fixture
def trail(tmp_path):
    for number in range(3):
        AuditLogger(tmp_path).log_action("deploy", "ada", {"number": number, "name": "Zoë"})
    return tmp_path


def test_the_line_shown_is_a_whole_line_with_a_true_seal():
    assert is_sealed(read(LINE.encode()))


def test_the_table_of_keys_names_every_key():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(KEYS)


def test_the_check_by_hand_agrees_with_verify(trail):
    verdict = AuditLog(trail, clock=SystemClock(), chain="").verify()
    assert run(BY_HAND, str(trail)).stdout.split() == [str(verdict.entries), verdict.head]


def test_the_check_by_hand_reads_sealed_days_and_goes_on_over_those_that_were_given_up(tmp_path):
    class At:
        moment = datetime(2026, 11, 1, tzinfo=UTC)

        def now(self):
            return self.moment

        def elapsed(self):
            return 0.0

    clock, ctx = At(), RequestContext(actor="local:ada", door="test", request_id="req_1")
    log = AuditLog(tmp_path, clock=clock, chain="")
    for day in (1, 2, 3):
        clock.moment = datetime(2026, 11, day, tzinfo=UTC)
        log.append(ctx, action="deploy", target="shop", outcome=Outcome.STARTED)
    log.seal(compress_days=1, keep_days=1)
    assert (log.verify().dropped, len(list(tmp_path.glob("sealed/*.gz")))) == (1, 1)
    assert run(BY_HAND, str(tmp_path)).stdout.split() == ["3", log.verify().head]


def test_the_check_by_hand_names_an_edited_line(trail):
    day = next(trail.glob("audit_*.jsonl"))
    day.write_bytes(day.read_bytes().replace(b'"number":1', b'"number":9'))
    done = run(BY_HAND, str(trail))
    assert (done.returncode, done.stderr.strip()) == (1, f"{day.name}:2 is not what was written")


def test_the_example_runs(tmp_path):
    done = run(FROM_PYTHON, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
