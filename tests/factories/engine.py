"""A container engine of the tests' own, as scripts/testbed/docker.sh starts it."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "testbed" / "docker.sh"
UNAVAILABLE = 69
SECONDS = 290


@dataclass(frozen=True)
class Engine:
    """A running engine, and when this test must have ended."""

    address: str
    end: float

    def left(self) -> float:
        return max(1.0, self.end - time.monotonic())

    def within(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """A slow machine or a slow registry is no fault of an image: what takes too long is not tested, and said."""
        try:
            return run(*words, timeout=self.left())
        except subprocess.TimeoutExpired:
            pytest.skip(f"building and starting images took more than {SECONDS} s here")

    def script(self, *words: str) -> str:
        done = self.within("sh", SCRIPT, *words)
        if done.returncode == UNAVAILABLE:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def __call__(self, *words: str | Path) -> str:
        done = self.within("/usr/bin/docker", "-H", self.address, *words)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()


def run(*words: str | Path, timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, words)), env={**os.environ, "DOCKER_BUILDKIT": "1"}, capture_output=True,
        text=True, timeout=timeout, check=False,
    )  # fmt: skip
