"""The auth room over a real database, with a clock that stands still."""

from __future__ import annotations

import pytest

from factories.people import StillClock, an_identity


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def identity(database, tmp_path, clock):
    return an_identity(database, tmp_path, clock)
