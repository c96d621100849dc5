"""Onboarding over HTTP: waited for, or followed by its events; asked for twice, made once."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from factories.people import signed_in
from factories.repositories import branches
from factories.slow import wait_until
from fops.api.application import create_app
from fops.auth import Role
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings


def _body(site, **more):
    return {"repo_url": str(site), "environments": ["staging", "prod"], **more}


def _events(api, where, **headers):
    with api.stream("GET", f"{where}/events", headers=headers) as stream:
        blocks = "".join(stream.iter_text()).strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


def test_a_caller_who_waits_gets_the_pull_request(api, site):
    answer = api.post("/api/onboard/repo", json=_body(site, target="static"))
    assert answer.status_code == 200
    assert answer.json()["pr_url"].startswith("file://")
    assert answer.json()["branch"] in branches(site)


def test_a_caller_who_does_not_wait_follows_the_steps(api, site):
    answer = api.post("/api/onboard/repo", json=_body(site), headers={"Prefer": "respond-async"})
    where = answer.headers["location"]
    assert (answer.status_code, where) == (202, f"/api/operations/{answer.json()['operation']}")

    events = _events(api, where)
    steps = [json.loads(one["data"]) for one in events if one["event"] == "step"]
    assert [one["step"] for one in steps if one["status"] == "succeeded"] == [
        "fetch", "detect", "plan", "generate", "verify", "propose",
    ]  # fmt: skip
    assert json.loads(events[-1]["data"])["status"] == "succeeded"

    done = api.get(where).json()
    assert (done["status"], done["result"]["status"]) == ("succeeded", "proposed")


def test_a_reconnect_gets_only_what_it_has_not_seen(api, site):
    answer = api.post("/api/onboard/repo", json=_body(site), headers={"Prefer": "respond-async"})
    events = _events(api, answer.headers["location"])
    later = _events(api, answer.headers["location"], **{"Last-Event-ID": events[3]["id"]})
    assert later == events[4:]


def test_the_same_key_gives_the_same_operation(api, site):
    headers = {"Idempotency-Key": "once", "Prefer": "respond-async"}
    first, again = (api.post("/api/onboard/repo", json=_body(site), headers=headers) for _ in range(2))
    assert first.json() == again.json()
    other = api.post("/api/onboard/repo", json=_body(site, target="k8s"), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "usage")


def test_what_cannot_be_deployed_is_a_problem_and_a_refused_operation(api, tmp_path):
    (tmp_path / "empty").mkdir()
    answer = api.post("/api/onboard/repo", json=_body(tmp_path / "empty"))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_deployable")
    assert answer.json()["hint"]
    kept = api.get("/api/operations").json()["operations"][0]
    assert (kept["status"], kept["error"]["code"]) == ("refused", "not_deployable")


def test_pages_of_operations_hang_together(api, site):
    for _ in range(3):
        api.post("/api/onboard/repo", json=_body(site))
    first = api.get("/api/operations?limit=2").json()
    second = api.get(f"/api/operations?limit=2&cursor={first['cursor']}").json()
    ids = [one["id"] for one in first["operations"] + second["operations"]]
    assert (len(ids), len(set(ids)), second["cursor"]) == (3, 3, None)
    assert ids == sorted(ids, reverse=True)


def test_pages_of_the_trail_hang_together_and_it_is_whole(api, site):
    api.post("/api/onboard/repo", json=_body(site))
    first = api.get("/api/audit?limit=1").json()
    second = api.get(f"/api/audit?limit=1&cursor={first['cursor']}").json()
    outcomes = [one["outcome"] for one in first["entries"] + second["entries"]]
    assert (outcomes, second["cursor"]) == (["started", "succeeded"], None)
    entry = second["entries"][0]
    assert api.get(f"/api/audit/{entry['id']}").json() == entry
    assert entry["door"] == "api"
    assert api.get("/api/audit/verify").json()["ok"] is True


def test_a_dry_run_by_name_shows_and_keeps_nothing(api, site):
    answer = api.post("/api/invoke/onboard.repo?dry_run=true", json={"what": str(site)})
    assert (answer.status_code, answer.json()["status"]) == (200, "planned")
    assert api.get("/api/operations").json()["operations"] == []
    assert list(branches(site)) == ["main"]


@pytest.mark.parametrize("allowed", [False, True])
def test_with_sign_in_a_path_on_the_server_must_lie_below_an_allowed_root(tmp_path, site, allowed):
    from fastapi.testclient import TestClient

    roots = {"ALLOWED_ROOTS": str(tmp_path)} if allowed else {}
    house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), **roots}))
    with TestClient(
        create_app(house), base_url="http://localhost", headers=signed_in(house, "ada", Role.OPERATOR)
    ) as client:
        for path, body in (
            ("/api/onboard/repo", _body(site)),
            ("/api/invoke/onboard.repo", {"what": str(site)}),
        ):
            answer = client.post(path, json=body)
            assert answer.status_code == (200 if allowed else 403)
    house.close(seconds=10)


def test_what_waits_is_cancelled_and_says_by_whom(house, site):
    with TestClient(create_app(house, works=False), base_url="http://127.0.0.1") as api:
        started = api.post(
            "/api/onboard/repo", json=_body(site), headers={"Prefer": "respond-async"}
        ).headers["location"]
        assert api.get(started).json()["status"] == "queued"
        assert api.post(f"{started}/cancel").json()["status"] == "cancelled"
        assert api.get(started).json()["detail"].startswith("cancelled by local:")
        again = api.post(f"{started}/cancel")
        assert (again.status_code, again.json()["code"]) == (422, "usage")
        assert api.post("/api/operations/opn_none/cancel").status_code == 404
        cancelled = api.get("/api/audit", params={"action": "operations.cancel"}).json()["entries"]
    assert [one["outcome"] for one in cancelled] == ["started", "succeeded", *["started", "failed"] * 2]


def test_who_works_is_shown(api, house):
    wait_until(lambda: house.worker.leads, "it does not lead")
    [worker] = api.post("/api/invoke/workers.list", json={}).json()["workers"]
    assert (worker["leads"], worker["concurrency"]) == (True, 4)


def test_an_address_with_a_password_is_refused_before_it_is_kept(api):
    answer = api.post(
        "/api/onboard/repo", json={"repo_url": "https://ada:obviously-fake@example.test/shop.git"}
    )
    assert answer.status_code == 422
    assert "obviously-fake" not in answer.text
    assert api.get("/api/operations").json()["operations"] == []
