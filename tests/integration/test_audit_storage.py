"""What happens when the disk does not take the line: the caller hears of it, and the trail stays whole."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fops.audit import AuditLog, AuditLogger
from fops.kernel.clock import SystemClock

# A limit on file size lets the first part of a line through and then no more, as a full disk does.
ON_A_FULL_DISK = """
import json, os, resource, sys
from pathlib import Path
from fops.audit import AuditLogger
from fops.kernel.errors import StorageFailed
folder, room = Path(sys.argv[1]), int(sys.argv[2])
day = next(folder.glob("audit_*.jsonl"))
size = day.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
try:
    AuditLogger(folder).log_action("deploy", "ada", {})
except StorageFailed as error:
    print(json.dumps([error.message, day.stat().st_size - size]))
"""

# Entered before the rights are dropped: root may write anywhere, and others may not walk the path to a test's folder.
READ_ONLY = """
import os, sys
from pathlib import Path
from fops.audit import AuditLog, AuditLogger
from fops.kernel.clock import SystemClock
from fops.kernel.errors import StorageFailed
os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setuid(65534)
try:
    AuditLogger(Path(".")).log_action("deploy", "ada", {})
except StorageFailed as error:
    print(error.message)
"""


def run(script, *words):
    words = [sys.executable, "-c", script, *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("room", [0, 100])
def test_on_a_full_disk_the_caller_is_told_and_no_part_of_the_line_stays(tmp_path, room):
    logger = AuditLogger(tmp_path)
    logger.log_action("deploy", "ada", {})
    message, grown = json.loads(run(ON_A_FULL_DISK, tmp_path, room))
    logger.log_action("deploy", "ada", {})
    verdict = AuditLog(tmp_path, clock=SystemClock(), chain="").verify()

    assert "cannot be written" in message
    assert grown == 0
    assert (verdict.ok, verdict.entries, verdict.torn) == (True, 2, ())


@pytest.mark.parametrize("begun", [False, True])
def test_in_a_read_only_folder_the_caller_is_told(tmp_path, begun):
    folder = tmp_path / "audit"
    folder.mkdir()
    if begun:
        AuditLogger(folder).log_action("deploy", "ada", {})
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        message = run(READ_ONLY, folder)
    finally:
        folder.chmod(0o755)
    assert "cannot be written: Permission denied" in message
