"""The auth room over a real database, with a clock that stands still."""

from __future__ import annotations

import pytest

from factories.people import StillClock, an_identity
from fops.storage.database import Database


@pytest.fixture
def database(tmp_path):
    import fops.auth.store  # noqa: F401 - its tables

    found = Database(f"sqlite:///{tmp_path / 'fops.db'}")
    yield found
    found.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def identity(database, tmp_path, clock):
    return an_identity(database, tmp_path, clock)
