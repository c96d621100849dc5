"""The evaluation command: it skips clearly where the data is absent, and its floors are those that were promised."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROMISED = {
    "language": 0.97,
    "package_manager": 0.93,
    "runtime_version": 0.9,
    "port": 0.75,
    "start_command": 0.75,
}


def test_without_the_data_the_evaluation_is_skipped_with_a_clear_line(tmp_path):
    words = [sys.executable, str(ROOT / "scripts" / "eval_onboarding.py"), "--shared", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [f"skipped: no evaluation data at {tmp_path}/eval/onboarding"],
    )


def test_the_floors_for_whole_applications_are_at_least_the_promised_ones():
    floors = json.loads((ROOT / "tests" / "eval" / "thresholds.json").read_text())["onboarding"]["whole"]
    assert all(floors[fact] >= floor for fact, floor in PROMISED.items())
