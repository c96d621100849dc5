"""Services over HTTP: the text of a file, never a path."""

from __future__ import annotations

from factories.catalog import REPOSITORY, SERVICE_FILE

FILE = {"text": SERVICE_FILE, "repository": REPOSITORY}


def test_a_service_file_is_added_listed_shown_and_forgotten(api):
    added = api.post("/api/services", json=FILE).json()
    assert [one["status"] for one in added["services"]] == ["added", "added"]
    listed = api.get("/api/services", params={"limit": 1}).json()
    assert [one["name"] for one in listed["services"]] == ["shop-api"]
    rest = api.get("/api/services", params={"cursor": listed["cursor"]}).json()
    assert ([one["name"] for one in rest["services"]], rest["cursor"]) == (["shop-web"], None)
    shown = api.get("/api/services/shop-api").json()
    assert shown["from"]["port"] == {"file": "fops.yaml", "line": 8}
    assert api.get(f"/api/services/{shown['id']}").json() == shown
    assert api.delete(f"/api/services/{shown['id']}").json()["removed"]["name"] == "shop-api"
    assert api.get("/api/services/shop-api").status_code == 404


def test_a_dry_run_says_what_would_change_and_changes_nothing(api):
    planned = api.post("/api/services?dry_run=true", json=FILE).json()
    assert planned == {
        "status": "planned",
        "changes": ["service shop-api: new, in staging, prod", "service shop-web: new, in staging, prod"],
    }
    assert api.get("/api/services").json()["services"] == []


def test_a_change_stands_in_the_audit_trail_with_its_request(api):
    request_id = api.post("/api/services", json=FILE).headers["x-request-id"]
    entries = api.get("/api/audit").json()["entries"]
    assert [(one["action"], one["target"], one["outcome"]) for one in entries] == [
        ("service.add", "shop-api, shop-web", "started"),
        ("service.add", "shop-api, shop-web", "succeeded"),
    ]
    assert {one["request_id"] for one in entries} == {request_id}


def test_what_is_wrong_is_told_with_its_line(api):
    answer = api.post("/api/services", json={"text": SERVICE_FILE.replace("owner: core", "ownr: core")})
    assert (answer.status_code, answer.json()["code"]) == (422, "format")
    assert answer.json()["detail"] == "fops.yaml:3: ownr is unknown"
    assert "did you mean owner?" in answer.json()["hint"]


def test_what_is_no_service_file_is_refused(api, tmp_path):
    (tmp_path / "fops.yaml").write_text(SERVICE_FILE)
    for body in (
        {"path": str(tmp_path)},
        {"text": str(tmp_path / "fops.yaml")},
        {"text": SERVICE_FILE, "file": "/etc/fops.yaml"},
        {"text": "x" * 200_001},
        {"service": {"name": "Not A Label"}},
        {"service": {"name": "pay", "environments": ["a", "a"]}},
        {"service": {"name": "pay", "target": "static"}},
        {},
    ):
        assert api.post("/api/services", json=body).status_code == 422
    assert api.get("/api/services").json()["services"] == []


def test_a_service_by_name_needs_no_file(api):
    service = {"name": "pay", "port": 8000, "target": "static", "environments": ["live"]}
    assert api.post("/api/services", json={"service": service, "team": "core"}).status_code == 200
    assert api.get("/api/services/pay").json()["environments"][0]["protection"] == "approval"
    assert api.get("/api/services", params={"team": "core"}).json()["services"][0]["name"] == "pay"
    assert api.get("/api/services", params={"team": "other"}).json()["services"] == []
