"""Real processes on one trail: all at once, and killed at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import time

from fops.audit import AuditLog
from fops.kernel.clock import SystemClock

WRITER = """
import sys
from fops.audit import AuditLogger
logger = AuditLogger(sys.argv[1])
for number in range(int(sys.argv[2])):
    print(logger.log_action("deploy", sys.argv[3], {"number": number}), flush=True)
"""
FOR_EVER = 10**9


def writer(folder, count, name):
    words = [sys.executable, "-c", WRITER, str(folder), str(count), name]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_eight_processes_at_once_write_one_unbroken_chain(tmp_path):
    writers = [writer(tmp_path, 40, f"writer-{number}") for number in range(8)]
    written = [running.communicate()[0].split() for running in writers]
    log = AuditLog(tmp_path, clock=SystemClock(), chain="")
    entries = list(log.query())

    assert [running.returncode for running in writers] == [0] * 8
    assert (log.verify().ok, log.verify().entries, log.verify().torn) == (True, 320, ())
    for number, identifiers in enumerate(written):
        assert [entry.id for entry in entries if entry.actor == f"writer-{number}"] == identifiers


def test_kill_9_leaves_no_torn_line_and_loses_none_that_was_answered_for(tmp_path):
    log = AuditLog(tmp_path, clock=SystemClock(), chain="")
    answered = []
    for attempt in range(5):
        writers = [writer(tmp_path, FOR_EVER, f"writer-{attempt}-{number}") for number in range(3)]
        answered += [running.stdout.readline().strip() for running in writers]
        time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  # the moment of death, no secret
        for running in writers:
            running.kill()
            answered += running.communicate()[0].split()
    verdict = log.verify()
    assert (verdict.ok, verdict.torn) == (True, ())
    assert set(answered) <= {entry.id for entry in log.query()}


def test_the_room_is_imported_without_a_database_or_a_parser():
    heavy = "{'sqlalchemy', 'alembic', 'yaml', 'jinja2', 'rich', 'typer'}"
    script = f"import sys, fops.audit; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
