"""What every answer has in common: ids, headers, problems, both prefixes, a document that says so."""

from __future__ import annotations

import pytest

from fops.api.application import create_app
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings


def test_an_answer_carries_the_id_of_its_request(api):
    own = api.get("/health/live").headers["x-request-id"]
    assert own.startswith("req_")
    assert (
        api.get("/health/live", headers={"X-Request-ID": "mine-1234"}).headers["x-request-id"] == "mine-1234"
    )


@pytest.mark.parametrize("given", ["short", "with space", "a" * 65, "line\x0bbreak"])
def test_an_id_that_could_steer_a_log_is_replaced(api, given):
    assert api.get("/health/live", headers={"X-Request-ID": given}).headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/operations/opn_nobody", None, 404, "not_found"),
        ("GET", "/api/nowhere", None, 404, "not_found"),
        ("PUT", "/api/operations", None, 405, "method_not_allowed"),
        ("POST", "/api/onboard/repo", {"repo": "x"}, 422, "usage"),
        ("POST", "/api/onboard/repo", {"repo_url": "--upload-pack=x"}, 422, "unsafe_input"),
        ("POST", "/api/invoke/audit.lst", {}, 404, "not_found"),
        ("POST", "/api/invoke/audit.list", {"limit": "many"}, 422, "usage"),
        ("GET", "/api/audit?cursor=x", None, 422, "usage"),
    ],
)
def test_every_error_has_one_shape(api, method, path, body, status, code):
    answer = api.request(method, path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_a_body_larger_than_allowed_is_refused(api):
    answer = api.post("/api/onboard/repo", json={"repo_url": "x" * 1_100_000})
    assert answer.status_code == 413


def test_a_body_that_is_no_json_is_refused(api):
    answer = api.post("/api/onboard/repo", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert (
        api.post(
            "/api/onboard/repo", content=b'{"repo_url": "x"}', headers={"Content-Type": "text/plain"}
        ).status_code
        == 422
    )


def test_a_server_called_by_a_foreign_name_does_not_answer(api):
    answer = api.get("/api/operations", headers={"Host": "attacker.example"})
    assert answer.status_code == 400
    assert "operations" not in answer.text


def test_both_prefixes_lead_to_the_same(api):
    assert api.get("/api/v1/operations").json() == api.get("/api/operations").json()


def test_no_page_may_call_unless_it_is_allowed(tmp_path):
    page = {"Origin": "https://ops.example", "Access-Control-Request-Method": "POST"}
    for flags, allowed in (({}, None), ({"ALLOWED_ORIGINS": "https://ops.example"}, "https://ops.example")):
        house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path), "FOPS_AUTH_MODE": "off", **flags}))
        from fastapi.testclient import TestClient

        client = TestClient(create_app(house), base_url="http://localhost")
        answer = client.options("/api/onboard/repo", headers=page)
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_the_document_names_the_product_and_every_route_says_what_it_answers(api):
    document = api.get("/openapi.json").json()
    assert (document["info"]["title"], document["info"]["description"]) == (
        "F-Ops DevOps AI Agent",
        "AI-powered DevOps automation platform",
    )
    known = {tag["name"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            where = f"{method} {path}"
            assert set(route["tags"]) <= known, where
            assert route["summary"], where
            assert route["description"], where
            for status, answer in route["responses"].items():
                assert answer["description"], where
                content = next(iter(answer["content"].values()))
                assert "example" in content or "text/event-stream" in answer["content"], f"{where} {status}"
            for parameter in route.get("parameters", []):
                assert parameter.get("description") or parameter["in"] == "path", (
                    f"{where} {parameter['name']}"
                )


def test_the_document_has_one_shape_of_errors(api):
    text = api.get("/openapi.json").text
    assert "HTTPValidationError" not in text
    assert "#/components/schemas/Problem" in text
