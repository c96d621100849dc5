"""F-Ops' own pipeline is what F-Ops makes of this repository, but for what a person changed in it on purpose."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from factories.commands import Fops
from factories.repositories import repository
from fops.kernel.formats import load_yaml

ROOT = Path(__file__).parents[2]
PIPELINE = ".github/workflows/pipeline.yml"
RENEWED = {
    ".fops/onboard.lock",
    ".fops/plan.json",
}  # both name lines of the source, which move with every change


@pytest.fixture(scope="module")
def onboarded(tmp_path_factory) -> tuple[dict[str, Any], Path]:
    """What `--check` says of a copy of this repository, and the folder of what a run makes of it."""
    root = tmp_path_factory.mktemp("own")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for path in filter(None, listed):
        if (ROOT / path).is_file():
            (root / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, root / "copy" / path)
    repository(root / "copy", {})
    fops = Fops(root)
    checked = fops("onboard", "repo", root / "copy", "--check", "--json")
    made = fops("onboard", "repo", root / "copy", "--output", root / "made")
    assert made.returncode == 0, made.stderr
    return json.loads(checked.stdout), root / "made"


def by_hand(made: dict[str, Any]) -> dict[str, Any]:
    """The changes of a person: nothing is published or deployed before there is a release, and the tests get more time."""
    jobs = {name: job for name, job in made["jobs"].items() if not name.startswith("deploy-")}
    jobs["test-fops"] |= {"timeout-minutes": 90}
    steps = jobs["build-fops"]["steps"]
    jobs["build-fops"] |= {"steps": [step for step in steps if "if" not in step]}
    return made | {"jobs": jobs}


def test_the_pipeline_is_what_a_run_makes_but_for_what_was_changed_by_hand(onboarded):
    mine, made = (ROOT / PIPELINE).read_text(), (onboarded[1] / PIPELINE).read_text()
    assert load_yaml(mine, name=PIPELINE) == by_hand(load_yaml(made, name=PIPELINE))
    own = [line.strip() for line in mine.splitlines() if line not in made.splitlines()]
    assert [line for line in own if not line.startswith("#")] == ["timeout-minutes: 90"]


def test_a_run_keeps_what_was_changed_by_hand_and_has_nothing_else_to_say(onboarded):
    result = onboarded[0]
    assert PIPELINE in result["edited"]
    assert set(result["changed"]) <= RENEWED
    assert f"{PIPELINE} was edited since it was generated and stays as it is" in result["notes"]
    assert "scripts/deploy.sh was deleted since it was generated and is not made again" in result["notes"]


def test_the_pipeline_runs_all_that_must_hold_before_a_change_lands():
    jobs = load_yaml((ROOT / PIPELINE).read_text(), name=PIPELINE)["jobs"]
    commands = [step.get("run") for job in jobs.values() for step in job["steps"]]
    assert "bash .ci/run" in commands
    assert set(jobs["build-fops"]["needs"]) == {name for name in jobs if name != "build-fops"}
