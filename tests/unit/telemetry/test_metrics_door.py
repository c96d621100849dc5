"""The further address for metrics and health: what it answers, to whom, and what it refuses to open."""

from __future__ import annotations

import socket

import httpx2
import pytest

from fops.bootstrap import open_app
from fops.bootstrap.observed import door_of
from fops.bootstrap.settings import Settings
from fops.kernel.errors import UsageError

TOKEN = "obviously-a-fake-token"


@pytest.fixture
def house(tmp_path):
    made = []

    def make(**flags: str):
        made.append(open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), **flags})))
        return made[-1]

    yield make
    for one in made:
        one.close(seconds=5)


def test_it_answers_metrics_and_health_and_nothing_else(house):
    with door_of(house(METRICS_ADDRESS="127.0.0.1:0")) as url:
        answers = {
            path: httpx2.get(f"{url}{path}")
            for path in ("/metrics", "/health/live", "/health/ready", "/api/audit")
        }
    assert {path: one.status_code for path, one in answers.items()} == {
        "/metrics": 200, "/health/live": 200, "/health/ready": 200, "/api/audit": 404}  # fmt: skip
    assert "fops_build_info{" in answers["/metrics"].text


def test_with_a_token_metrics_need_it(house):
    with door_of(house(METRICS_ADDRESS="127.0.0.1:0", METRICS_TOKEN=TOKEN)) as url:
        assert httpx2.get(f"{url}/metrics").status_code == 403
        assert httpx2.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_what_cannot_work_is_not_ready(house):
    broken = house(METRICS_ADDRESS="127.0.0.1:0")
    broken.audit_folder.parent.mkdir(parents=True)
    broken.audit_folder.write_text("a file where the folder should be")
    with door_of(broken) as url:
        assert httpx2.get(f"{url}/health/ready").status_code == 503


def test_without_an_address_there_is_none(house):
    with door_of(house()) as url:
        assert url is None


def test_an_address_that_others_reach_needs_a_token(house):
    with pytest.raises(UsageError, match="reached by others"), door_of(house(METRICS_ADDRESS="0.0.0.0:0")):
        pass


def test_an_address_in_use_is_named(house):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UsageError, match=where), door_of(house(METRICS_ADDRESS=where)):
            pass


@pytest.mark.parametrize("text", ["9464", "localhost:9464", "127.0.0.1:99999", "127.0.0.1:x"])
def test_an_address_that_is_none_is_refused_with_what_is_needed(house, text):
    with pytest.raises(UsageError, match="METRICS_ADDRESS"), door_of(house(METRICS_ADDRESS=text)):
        pass
