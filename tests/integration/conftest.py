"""Fixtures of the tests that start images."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from factories.engine import SCRIPT, SECONDS, Engine, run


@pytest.fixture
def engine() -> Iterator[Engine]:
    end = time.monotonic() + SECONDS
    yield Engine(Engine("", end).script("start"), end)
    run("sh", SCRIPT, "stop", timeout=60)


@pytest.fixture
def network(engine: Engine) -> Iterator[str]:
    """A network with PostgreSQL and Redis; it and every container in it end with the test."""
    name = f"fops-{os.getpid()}"
    engine("network", "create", name)
    yield name
    engine = Engine(engine.address, time.monotonic() + 30)
    containers = engine("ps", "--all", "--quiet", "--filter", f"network={name}").split()
    if containers:
        engine("rm", "--force", "--volumes", *containers)
    engine("network", "rm", name)
