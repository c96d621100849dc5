"""Ten of the rounds of `make kill-rounds`: server and worker die while clients ask; nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 10


@pytest.mark.long
def test_nothing_is_lost_and_nothing_doubled():
    script = Path(__file__).parents[2] / "scripts" / "kill_rounds.py"
    done = subprocess.run(
        [sys.executable, script, "--rounds", str(ROUNDS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["wrong"] == {}
