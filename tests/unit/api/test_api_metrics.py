"""`/metrics`: what requests, operations and actions leave there, who may read it, and that it cannot be made to grow."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from fops.api.application import create_app
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings


def _values(api) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = api.get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


def _value(api, name: str, **labels: str) -> float:
    return _values(api).get((name, tuple(sorted(labels.items()))), 0.0)


def test_a_request_is_counted_and_timed_by_its_route(api):
    assert api.get("/api/operations/opn_nobody").status_code == 404
    assert api.get("/api/v1/operations/opn_somebody").status_code == 404
    route = {"method": "GET", "route": "/api/operations/{operation_id}"}
    assert _value(api, "fops_http_requests_total", **route, code="404") == 2
    assert _value(api, "fops_http_request_duration_seconds_count", **route) == 2
    assert _value(api, "fops_http_request_duration_seconds_bucket", **route, le="+Inf") == 2


def test_a_thousand_unknown_paths_and_methods_make_one_series(api):
    before = len(_values(api))
    for number in range(1000):
        api.request("GET" if number % 2 else f"X{number}", f"/api/nowhere/{number}")
    values = _values(api)
    unmatched = [
        labels
        for name, labels in values
        if name == "fops_http_requests_total" and ("route", "unmatched") in labels
    ]
    assert sorted(dict(labels)["method"] for labels in unmatched) == ["GET", "OTHER"]
    assert len(values) - before < 60


def test_a_refused_host_is_counted_too(api):
    assert api.get("/api/operations", headers={"Host": "attacker.example"}).status_code == 400
    assert _value(api, "fops_http_requests_total", method="GET", route="unmatched", code="400") == 1


def test_an_operation_leaves_its_outcome_its_steps_and_its_actions(api, site):
    done = api.post("/api/onboard/repo", json={"repo_url": str(site)})
    assert done.status_code == 200, done.text
    assert _value(api, "fops_operations_total", kind="onboard.repo", outcome="succeeded") == 1
    assert _value(api, "fops_operation_duration_seconds_count", kind="onboard.repo") == 1
    assert _value(api, "fops_operations_running", kind="onboard.repo") == 0
    assert _value(api, "fops_step_duration_seconds_count", step="verify", status="succeeded") == 1
    for outcome in ("started", "succeeded"):
        assert _value(api, "fops_actions_total", action="change_request.create", outcome=outcome) == 1
    assert _value(api, "fops_action_duration_seconds_count", action="change_request.create") == 1
    assert _value(api, "fops_database_wait_seconds_count") > 5
    assert _value(api, "fops_database_pool_size") > 0


def test_an_operation_that_is_refused_says_so(api, tmp_path):
    (tmp_path / "empty").mkdir()
    assert api.post("/api/onboard/repo", json={"repo_url": str(tmp_path / "empty")}).status_code == 422
    assert _value(api, "fops_operations_total", kind="onboard.repo", outcome="refused") == 1


def test_a_trail_that_cannot_be_written_is_counted(api, house, site):
    house.audit_folder.parent.mkdir(parents=True, exist_ok=True)
    house.audit_folder.write_text("a file where the folder should be")
    assert api.post("/api/onboard/repo", json={"repo_url": str(site)}).status_code == 507
    assert _value(api, "fops_audit_append_failures_total") >= 1
    assert _value(api, "fops_health_check", check="audit") == 0


def test_a_stream_is_open_while_it_is_followed_and_its_length_is_not_timed(api, site):
    done = api.post("/api/onboard/repo", json={"repo_url": str(site)}, headers={"Prefer": "respond-async"})
    with api.stream("GET", f"{done.headers['Location']}/events") as stream:
        assert "end" in "".join(stream.iter_lines())
    route = {"method": "GET", "route": "/api/operations/{operation_id}/events"}
    assert _value(api, "fops_http_requests_total", **route, code="200") == 1
    assert _value(api, "fops_http_request_duration_seconds_count", **route) == 0
    assert _value(api, "fops_http_streams_open") == 0


def test_two_applications_of_one_process_count_apart(api, tmp_path):
    other = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "other"), "FOPS_AUTH_MODE": "off"}))
    with TestClient(create_app(other), base_url="http://127.0.0.1") as second:
        second.get("/health/live")
        live = {"method": "GET", "route": "/health/live", "code": "200"}
        assert (
            _value(api, "fops_http_requests_total", **live),
            _value(second, "fops_http_requests_total", **live),
        ) == (0, 1)
    other.close(seconds=5)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Authorization": "Bearer obviously-wrong"}, 403),
        ({"Authorization": "Basic obviously-a-fake-token"}, 403),
        ({"Authorization": "Bearer obviously-a-fake-token"}, 200),
    ],
)
def test_with_sign_in_metrics_need_the_token(tmp_path, headers, status):
    flags = {"FOPS_HOME": str(tmp_path), "METRICS_TOKEN": "obviously-a-fake-token"}
    house = open_app(Settings(flags=flags))
    with TestClient(create_app(house), base_url="http://127.0.0.1") as client:
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert ("fops_" in answer.text) == (status == 200)
        assert ("checks" in client.get("/health/ready", headers=headers).json()) == (status == 200)
