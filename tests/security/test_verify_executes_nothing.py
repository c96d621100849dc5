"""The invariants of verification: artifacts are read, never run, and never leave their private folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from factories.artifacts import SOUND, an_artifact, sound_artifacts
from factories.plans import a_plan
from fops.kernel.errors import UnsafeInput
from fops.onboarding.verify import verify


def test_a_script_with_its_mode_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = f"#!/bin/sh\ntouch '{trace}'\n"
    names = (
        "scripts/deploy.sh",
        "kubectl",
        "hadolint",
        "shellcheck",
        "node",
        "sitecustomize.py",
        "x/conftest.py",
    )
    artifacts = [an_artifact(name, script, executable=True) for name in names]
    artifacts.append(an_artifact("yaml.py", f"open('{trace}', 'w')"))
    verify(a_plan(), [*sound_artifacts(), *[item for item in artifacts if item.path not in SOUND]])
    assert not trace.exists()


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside", ""])
def test_a_path_that_leaves_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    with pytest.raises(UnsafeInput):
        verify(a_plan(), [an_artifact(path, "x")], folder=tmp_path / "private")
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "private"]


def test_ctrl_c_leaves_no_private_folder(tmp_path: Path) -> None:
    program = tmp_path / "slow"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(2)\n")
    program.chmod(0o755)
    private = tmp_path / "private"
    private.mkdir()
    body = f"""
        from dataclasses import replace
        from pathlib import Path
        from factories.artifacts import sound_artifacts
        from factories.plans import a_plan
        from fops.onboarding.verify.bundle import Bundle
        from fops.onboarding.verify.tools import TOOLS
        from fops.onboarding.verify.tools.tool import run_all

        tools = [replace(tool, program={str(program)!r}) for tool in TOOLS]
        run_all(tools, Bundle.of(a_plan(), sound_artifacts()), folder=Path({str(private)!r}))
    """
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    running = subprocess.Popen([sys.executable, "-c", textwrap.dedent(body)], env=env, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not list(private.glob("*/Dockerfile")) and time.monotonic() < deadline:
        time.sleep(0.02)
    (folder,) = private.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert b"KeyboardInterrupt" in said
    assert list(private.iterdir()) == []
