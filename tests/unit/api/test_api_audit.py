"""The trail over HTTP: followed, exported, checked in the background, sealed."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from fops.api.application import create_app
from fops.audit import AuditLog, Outcome
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings


@pytest.fixture
def write(house):
    """An entry of the trail; a test names only what matters to it."""

    def write(action="deploy.execute", *, tenant="default"):
        from dataclasses import replace

        ctx = replace(house.context(door="test"), tenant=tenant)
        return house.audit.append(ctx, action=action, target="shop", outcome=Outcome.STARTED)

    return write


def followed(api, count, *, last=None, write=None, **query):
    """The next entries of the stream, as (id, action); what is written once it is open arrives."""
    api.app.state.stops = lambda: len(found) >= count  # the stream ends once all have come
    found = []
    headers = {"Last-Event-ID": last} if last else {}
    for late in () if write is None else write:
        threading.Timer(0.3, late).start()
    with api.stream("GET", "/api/audit/events", params=query, headers=headers) as stream:
        fields = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name in {"id", "event", "data"}:
                fields[name] = value
            if not line and "data" in fields:
                found.append((fields["id"], json.loads(fields["data"])["action"]))
                fields = {}
    return found


def test_new_entries_are_told_as_they_are_written_and_a_reconnect_goes_on_behind_the_last(api, write):
    write("before.it")
    first = followed(api, 1, write=[lambda: write("service.add")])
    assert [action for _, action in first] == ["service.add"]
    write("service.remove")
    write("service.add")
    rest = followed(api, 2, last=first[0][0])
    assert [action for _, action in rest] == ["service.remove", "service.add"]


def test_only_what_is_asked_for_and_one_s_own_is_told(api, write):
    start = write("first.one")
    for action, tenant in (("a.b", "default"), ("a.b", "other"), ("c.d", "default"), ("a.b", "default")):
        write(action, tenant=tenant)
    told = followed(api, 2, last=f"{start.seq}@{start.timestamp}", action="a.b")
    assert [identifier.partition("@")[0] for identifier, _ in told] == ["2", "5"]


def test_a_place_that_is_none_is_refused(api):
    answer = api.get("/api/audit/events", headers={"Last-Event-ID": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (422, "usage")


def test_an_export_is_the_trail_byte_for_byte_and_nobody_else_s(api, house, write):
    for number in range(450):
        write(f"a.b{number}")
    write("secret.deed", tenant="other")
    answer = api.get("/api/audit/export")
    assert answer.headers["content-type"] == "application/jsonl"
    lines = b"".join(path.read_bytes() for path in sorted(house.audit.folder.glob("audit_*.jsonl")))
    assert answer.content == b"".join(
        line for line in lines.splitlines(keepends=True) if b"secret.deed" not in line
    )
    assert api.get("/api/audit/export", params={"since": "2100-01-01T00:00:00Z"}).content == b""
    assert api.get("/api/audit/export", params={"since": "yesterday"}).status_code == 422


def test_a_trail_is_checked_in_the_background(api, write):
    write()
    answer = api.post("/api/audit/verify", headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    for _ in range(100):
        operation = api.get(answer.headers["location"]).json()
        if operation["status"] not in {"queued", "running"}:
            break
    assert operation["status"] in {"queued", "running", "succeeded"}
    assert api.post("/api/audit/verify").json()["entries"] == 1


def test_days_that_are_over_are_sealed_and_the_trail_says_so(api, house):
    class Yesterday:
        def now(self):
            return datetime.now(UTC) - timedelta(days=9)

        def elapsed(self):
            return 0.0

    old = AuditLog(house.audit.folder, clock=Yesterday(), chain="x")
    old.append(house.context(door="test"), action="a.b", target="shop", outcome=Outcome.STARTED)
    day = Yesterday().now().date().isoformat()
    assert api.post("/api/audit/seal?dry_run=true").json()["changes"] == []  # its day is the newest
    house.audit.append(house.context(door="test"), action="c.d", target="shop", outcome=Outcome.STARTED)
    assert api.post("/api/audit/seal?dry_run=true").json()["changes"] == [f"compress {day}"]
    assert [one["day"] for one in api.post("/api/audit/seal").json()["sealed"]] == [day]
    verdict = api.get("/api/audit/verify").json()
    assert (verdict["ok"], verdict["entries"]) == (True, 4)
    assert [one["action"] for one in api.get("/api/audit").json()["entries"]] == [
        "a.b",
        "c.d",
        *["audit.seal"] * 2,
    ]


def test_a_server_seals_what_is_due_by_itself(tmp_path):
    class Old:
        moment = datetime.now(UTC) - timedelta(days=30)

        def now(self):
            return self.moment

        def elapsed(self):
            return 0.0

    house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), "FOPS_AUTH_MODE": "off"}))
    for back in (30, 20):
        clock = Old()
        clock.moment = datetime.now(UTC) - timedelta(days=back)
        log = AuditLog(house.audit.folder, clock=clock, chain="x")
        log.append(house.context(door="test"), action="a.b", target="shop", outcome=Outcome.STARTED)
    with TestClient(create_app(house), base_url="http://127.0.0.1") as client:
        for _ in range(200):
            if len(list(house.audit.query(action="audit.seal"))) == 2:
                break
            client.get("/health/live")
    assert [one.door for one in house.audit.query(action="audit.seal")] == ["worker", "worker"]
    assert len(list((house.audit.folder / "sealed").glob("*.gz"))) == 2
    house.close(seconds=5)
