"""What every test stands on: a clean environment, a private data directory, and no person's git identity."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(("FOPS_", "GIT_", "GITHUB_")) or name in {
            "DATABASE_URL",
            "SQLITE_URL",
            "AUDIT_LOG_DIR",
            "PROJECT_NAME",
            "NO_COLOR",
        }:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FOPS_HOME", str(home / "fops"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def shared() -> Path:
    """The evaluation data beside the checkout; the test is skipped where it is absent, and fails in CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the evaluation data is absent in CI")
        pytest.skip("the evaluation data is not beside this checkout")
    return SHARED
