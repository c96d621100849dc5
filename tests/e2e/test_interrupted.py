"""Ctrl-C in every step: exit code 130, and neither half a branch nor a file is left anywhere."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from factories.commands import Fops
from factories.repositories import API, branches, repository, state
from factories.slow import PATIENCE, slow_git


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", API)


def _wait_for(slow: Path, running: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while not (slow / "reached").exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end, "the step was not reached"
        time.sleep(0.01)


def _start(fops: Fops, *words: str | Path, path: Path | None = None) -> subprocess.Popen[str]:
    env = fops.environment()
    if path:
        env["PATH"] = f"{path}:{env['PATH']}"
    return subprocess.Popen(
        fops.words(*words), cwd=fops.root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _stop(running: subprocess.Popen[str]) -> str:
    """Press Ctrl-C; what the command still said."""
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("error:")
    return err


def assert_nothing_left(fops: Fops, repository: Path, before: dict[str, bytes]) -> None:
    assert state(repository) == before
    assert list(branches(repository)) == ["main"]
    assert list(fops.temporary.iterdir()) == []
    assert fops.proposals == []


def _audit_is_whole(fops: Fops) -> bool:
    return fops("audit", "verify").returncode == 0


@pytest.mark.parametrize("after", ["fetch", "detect", "plan", "generate", "verify"])
def test_ctrl_c_after_a_step_leaves_nothing(fops: Fops, shop: Path, after: str) -> None:
    before = state(shop)
    running = _start(fops, "onboard", "repo", shop)
    assert running.stderr is not None
    for line in running.stderr:
        if f" {after} " in line:
            break
    _stop(running)
    assert_nothing_left(fops, shop, before)
    assert _audit_is_whole(fops)


@pytest.mark.parametrize("word", ["status", "ls-tree", "cat-file"])
def test_ctrl_c_while_a_local_repository_is_read_leaves_nothing(
    fops: Fops, shop: Path, tmp_path: Path, word: str
) -> None:
    before = state(shop)
    slow = slow_git(tmp_path / "slow", word)
    running = _start(fops, "onboard", "repo", shop, path=slow)
    _wait_for(slow, running)
    _stop(running)
    assert_nothing_left(fops, shop, before)


def test_ctrl_c_while_a_repository_is_cloned_leaves_nothing(fops: Fops, shop: Path, tmp_path: Path) -> None:
    before = state(shop)
    slow = slow_git(tmp_path / "slow", "clone")
    running = _start(fops, "onboard", "repo", f"file://{shop}", path=slow)
    _wait_for(slow, running)
    _stop(running)
    assert_nothing_left(fops, shop, before)


@pytest.mark.parametrize(
    "address", ["", pytest.param("file://", marks=pytest.mark.long)], ids=["path", "url"]
)
@pytest.mark.parametrize("word", ["read-tree", "hash-object", "commit-tree", "format-patch"])
def test_ctrl_c_while_the_branch_is_built_leaves_nothing(
    fops: Fops, shop: Path, tmp_path: Path, word: str, address: str
) -> None:
    before = state(shop)
    slow = slow_git(tmp_path / "slow", word)
    running = _start(fops, "onboard", "repo", f"{address}{shop}", path=slow)
    _wait_for(slow, running)
    _stop(running)
    assert_nothing_left(fops, shop, before)
    assert _audit_is_whole(fops)


def test_ctrl_c_while_the_branch_is_set_takes_it_back(fops: Fops, shop: Path, tmp_path: Path) -> None:
    before = state(shop)
    slow = slow_git(tmp_path / "slow", "update-ref", seconds=1)
    running = _start(fops, "onboard", "repo", shop, path=slow)
    _wait_for(slow, running)
    _stop(running)
    assert_nothing_left(fops, shop, before)
    rows = fops("audit", "list", "--fields", "action,outcome").stdout.splitlines()
    assert [row.partition('"outcome": ')[2] for row in rows] == ['"started"}', '"failed"}']


def test_a_run_after_an_interrupted_one_does_the_whole_job(fops: Fops, shop: Path, tmp_path: Path) -> None:
    slow = slow_git(tmp_path / "slow", "commit-tree")
    running = _start(fops, "onboard", "repo", shop, path=slow)
    _wait_for(slow, running)
    _stop(running)
    done = fops("onboard", "repo", shop, "--fields", "status")
    assert '"proposed"' in done.stdout
    assert len(fops.proposals) == 1
