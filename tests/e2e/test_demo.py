"""`make demo`: what a newcomer runs first, as it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.long


def demo(tmp_path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "FOPS_HOME"}
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py"), *arguments],
        env=environment | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def closing(output: str) -> dict[str, str]:
    last = output.partition("\nMade ")[2]
    lines = [line for line in f"Made {last}".splitlines() if line]
    return {line[:9].strip(): line[10:] for line in lines}


def test_the_demo_onboards_the_examples_and_says_where_everything_lies(tmp_path):
    done = demo(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    onboarded, _, served = done.stdout.partition("over HTTP")
    assert onboarded.count("  ✓ ") == 4
    assert served.count("  ✓ ") == 3  # the server, the token, the operation
    assert "    propose " in served
    assert "by service:demo-pipeline: succeeded" in served
    end = closing(done.stdout)
    assert "on 4 branches" in end["Made"]
    assert "findings" not in end["Checked"]
    assert end["Audit"].startswith("the trail is whole: 8 entries")
    kept = Path(end["Kept in"])
    assert kept.parent == tmp_path
    assert {path.name for path in kept.iterdir()} == {
        "01-fastapi-postgres-redis", "02-vite-spa", "03-go-monorepo", "home",
        "asked-over-http", "server", "server.log",
    }  # fmt: skip
    assert Path(end["Read"].removeprefix("less ")).is_file()
    for command in (end["Look"], end["Ask"]):
        shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        assert shown.returncode == 0, shown.stderr
        assert "Dockerfile" in shown.stdout


def test_the_demo_takes_a_repository_of_ones_own_and_leaves_its_files_alone(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "index.html").write_text("<!doctype html><title>Hello</title>\n")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
    for command in (("init", "-q", "-b", "main"), ("add", "."), (*identity, "commit", "-qm", "Start")):
        subprocess.run(["git", *command], cwd=own, check=True)
    done = demo(tmp_path, str(own))
    assert done.returncode == 0, done.stdout + done.stderr
    end = closing(done.stdout)
    assert end["Kept in"] == str(own)
    assert "on 1 branch," in end["Made"]
    assert {path.name for path in own.iterdir()} == {".git", "index.html"}
    subprocess.run(["sh", "-c", end["Undo"]], check=True, capture_output=True)


def test_a_demo_of_what_is_no_application_fails_and_says_why(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "README.md").write_text("# Notes\n")
    done = demo(tmp_path, str(tmp_path / "notes"))
    assert done.returncode == 1
    assert "✗ notes" in done.stdout
    assert "error:" in done.stdout
    assert "1 step failed" in done.stderr
