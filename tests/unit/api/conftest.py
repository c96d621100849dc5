"""The application around a real house in a private data directory, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from factories.queues import ThreadQueue
from factories.repositories import SITE, repository
from fops.api.application import create_app
from fops.bootstrap import App, open_app
from fops.bootstrap.durable import make_worker
from fops.bootstrap.settings import Settings


@pytest.fixture
def house(tmp_path: Path, database_url: str):
    flags = {"FOPS_HOME": str(tmp_path / "fops"), "FOPS_AUTH_MODE": "off", "DATABASE_URL": database_url}
    made = open_app(Settings(flags=flags))
    made.worker = make_worker(made, ThreadQueue())
    yield made
    made.close(seconds=10)


@pytest.fixture
def api(house: App):
    with TestClient(create_app(house), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return repository(tmp_path / "site", SITE)
