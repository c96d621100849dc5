"""The door with stores in memory: no PostgreSQL and no Redis needed."""

from collections import Counter

import pytest
from fastapi.testclient import TestClient

from app.main import app, get_links, get_visits


class MemoryLinks:
    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def add(self, code: str, address: str) -> None:
        self.rows[code] = address

    def find(self, code: str) -> str | None:
        return self.rows.get(code)

    def ping(self) -> None:
        pass


class MemoryVisits:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, code: str) -> None:
        self.counts[code] += 1

    def count(self, code: str) -> int:
        return self.counts[code]

    def ping(self) -> None:
        pass


@pytest.fixture
def client():
    links, visits = MemoryLinks(), MemoryVisits()
    app.dependency_overrides = {get_links: lambda: links, get_visits: lambda: visits}
    # Without `with`, the server's start-up (which connects the real stores) does not run.
    yield TestClient(app, follow_redirects=False)
    app.dependency_overrides = {}


def test_the_process_is_healthy_and_ready(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_link_redirects_and_counts_the_visit(client):
    code = client.post("/links", json={"address": "https://example.com/a"}).json()["code"]
    answer = client.get(f"/{code}")
    assert answer.status_code == 307
    assert answer.headers["location"] == "https://example.com/a"
    assert client.get(f"/links/{code}").json()["visits"] == 1


def test_an_unknown_code_is_not_found(client):
    assert client.get("/nothing").status_code == 404
    assert client.get("/links/nothing").status_code == 404


def test_what_is_no_address_is_refused(client):
    assert client.post("/links", json={"address": "nonsense"}).status_code == 422


def test_redirects_show_up_in_the_metrics(client):
    client.get("/nothing")
    assert 'short_links_redirects_total{outcome="unknown"}' in client.get("/metrics").text
