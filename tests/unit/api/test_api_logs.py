"""One line a request: who, what, how it ended, how long; and an error that nobody foresaw with its traceback."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import nullcontext

import pytest
from fastapi.testclient import TestClient

from fops.api.application import create_app
from fops.api.telling.requests import Routes, TellRequests
from fops.telemetry.logs import configured
from fops.telemetry.settings import TelemetrySettings


@pytest.fixture
def lines():
    stream = io.StringIO()
    with configured(TelemetrySettings(log_format="json"), stream):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line(lines, api):
    api.get("/api/operations/opn_x", headers={"X-Request-ID": "mine-1234"})
    (line,) = lines()
    seconds, size = line.pop("seconds"), line.pop("bytes")
    assert 0 < seconds < 10
    assert size > 100
    assert line.pop("timestamp")
    assert line.pop("actor").startswith("local:")
    assert line == {"level": "info", "logger": "fops.access", "event": "request", "request_id": "mine-1234",
                    "method": "GET", "route": "/api/operations/{operation_id}", "status": 404}  # fmt: skip


def test_probes_that_pass_are_not_written(lines, api):
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert api.get(path).status_code == 200
    assert lines() == []


def test_a_path_that_nobody_serves_is_told_without_its_query(lines, api):
    api.get("/api/no%0Awhere", params={"password": "hunter2"})
    (line,) = lines()
    assert (line["route"], line["path"]) == ("unmatched", "/api/no\nwhere")
    assert "hunter2" not in json.dumps(line)


def test_an_operation_is_one_line_with_the_request_that_asked_for_it(lines, api, site):
    done = api.post("/api/onboard/repo", json={"repo_url": str(site)}, headers={"X-Request-ID": "mine-1234"})
    by_logger = {line["logger"]: line for line in lines()}
    told = by_logger["fops.operation"]
    assert (told["operation_id"], told["request_id"]) == (done.json()["operation"], "mine-1234")
    assert (told["kind"], told["outcome"]) == ("onboard.repo", "succeeded")


def test_a_request_that_is_called_off_is_no_error_of_ours(lines, house):
    async def called_off(_scope, _receive, _send) -> None:
        raise asyncio.CancelledError

    telling = TellRequests(called_off, metrics=house.metrics, routes=Routes(create_app(house), prefix="/api", alias="/v1"), traced=nullcontext)  # fmt: skip
    scope = {"type": "http", "method": "GET", "path": "/docs", "state": {"request_id": "mine-1234"}}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(telling(scope, None, None))
    (line,) = lines()
    assert (line["status"], line["level"]) == (499, "info")


def test_a_mistake_of_ours_is_a_problem_for_the_caller_and_a_traceback_for_us(lines, house):
    app = create_app(house)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("password=hunter2")

    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "hunter2" not in answer.text
    (line,) = lines()
    assert (line["level"], line["status"], line["request_id"]) == (
        "error",
        500,
        answer.headers["x-request-id"],
    )
    assert line["error"]["type"] == "RuntimeError"
    assert "in broken" in line["error"]["traceback"]
    assert "hunter2" not in json.dumps(line)
