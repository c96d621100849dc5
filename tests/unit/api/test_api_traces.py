"""Traces: off they cost nothing, on they link request, operation, step and action, and a dead collector hurts nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

from fastapi.testclient import TestClient

from factories.collector import a_collector
from fops.api.application import create_app
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _house(tmp_path, endpoint: str):
    flags = {
        "FOPS_HOME": str(tmp_path / "fops"),
        "FOPS_AUTH_MODE": "off",
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
    }
    return open_app(Settings(flags=flags))


def _client(house) -> TestClient:
    return TestClient(create_app(house), base_url="http://127.0.0.1", raise_server_exceptions=False)


def test_without_an_endpoint_nothing_of_it_is_loaded(tmp_path):
    program = (
        "import sys\nfrom fops.api.application import create_app\nfrom fops.bootstrap import open_app\n"
        "from fops.bootstrap.settings import Settings\nfrom fastapi.testclient import TestClient\n"
        f"house = open_app(Settings(flags={{'FOPS_HOME': {str(tmp_path)!r}, 'FOPS_AUTH_MODE': 'off'}}))\n"
        "with TestClient(create_app(house), base_url='http://127.0.0.1') as client:\n"
        "    assert client.get('/api/operations').status_code == 200\n"
        "print(sorted(n for n in sys.modules if n.startswith(('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf', 'structlog'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_request_operation_step_and_action_are_one_trace_below_the_callers(tmp_path, site):
    with a_collector() as collector:
        with _client(_house(tmp_path, collector.url)) as client:
            done = client.post(
                "/api/onboard/repo?token=obviously-fake",
                json={"repo_url": str(site)},
                headers={"traceparent": CALLER},
            )
            assert done.status_code == 200, done.text
        request = collector.named("POST /api/onboard/repo")
        operation = collector.named("operation onboard.repo")
        step = collector.named("step propose")
        action = collector.named("action change_request.create")
        assert {span.trace_id.hex() for span in (request, operation, step, action)} == {CALLER[3:35]}
        assert request.parent_span_id.hex() == CALLER[36:52]
        assert [span.parent_span_id for span in (operation, step, action)] == [
            span.span_id for span in (request, operation, step)
        ]
        assert "obviously-fake" not in str(collector.spans)


def test_a_log_line_goes_to_the_collector_with_its_span(tmp_path):
    with a_collector() as collector:
        with _client(_house(tmp_path, collector.url)) as client:
            import logging

            logging.getLogger("fops").setLevel(logging.INFO)
            try:
                client.get("/api/operations/opn_x", headers={"traceparent": CALLER})
            finally:
                logging.getLogger("fops").setLevel(logging.NOTSET)
        said = [log for log in collector.logs if log.body.string_value == "request"]
        assert [log.trace_id.hex() for log in said] == [CALLER[3:35]]
        assert said[0].span_id == collector.named("GET /api/operations/{operation_id}").span_id
        words = {one.key: one.value.string_value for one in said[0].attributes}
        assert (words["trace_id"], words["logger"]) == (CALLER[3:35], "fops.access")


def test_a_step_that_fails_is_an_error_in_its_span(tmp_path):
    (tmp_path / "empty").mkdir()
    with a_collector() as collector:
        with _client(_house(tmp_path, collector.url)) as client:
            assert (
                client.post("/api/onboard/repo", json={"repo_url": str(tmp_path / "empty")}).status_code
                == 422
            )
        assert collector.named("operation onboard.repo").status.code == 2
        outcome = {
            one.key: one.value.string_value for one in collector.named("operation onboard.repo").attributes
        }
        assert outcome["fops.outcome"] == "refused"


def test_a_collector_that_is_gone_or_silent_fails_no_request_and_holds_no_end(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, answers none
        house = _house(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with _client(house) as client:
            assert client.get("/api/operations").status_code == 200
            began = time.monotonic()
        assert time.monotonic() - began < 8
