"""The installed command, and onboardings that several tests look at without changing them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from factories.commands import Fops, Onboarded
from factories.repositories import API, repository


@pytest.fixture
def fops(tmp_path: Path) -> Fops:
    """`fops(*words, cwd=…, env=…)` with a private data directory."""
    return Fops(tmp_path / "fops-root")


@pytest.fixture(scope="session")
def onboarded(tmp_path_factory: pytest.TempPathFactory) -> Onboarded:
    """A small API, onboarded once for all tests that only look."""
    root = tmp_path_factory.mktemp("onboarded")
    fops = Fops(root / "fops-root", tools=True)
    path = repository(root / "shop", API)
    done = fops("onboard", "repo", path, "--json")
    assert done.returncode == 0, done.stderr
    return Onboarded(fops, path, json.loads(done.stdout), done.stderr)
