"""A `git` that takes its time, so that something can happen to whoever waits for it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60  # seconds a step may take on a busy machine


def slow_git(folder: Path, word: str, *, seconds: int = 20) -> Path:
    """A `git` that says in `folder/reached` when it is asked for a word, and takes its time before it obeys."""
    folder.mkdir()
    program = folder / "git"
    program.write_text(
        f'#!/bin/sh\nfor word; do\n  if [ "$word" = "{word}" ]; then : > "{folder}/reached"; sleep {seconds}; fi\ndone\n'
        f'exec "{shutil.which("git")}" "$@"\n'
    )
    program.chmod(0o755)
    return folder


def wait_until(true: Callable[[], object], what: str) -> None:
    """Return once it is true. Fails after a minute."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)
