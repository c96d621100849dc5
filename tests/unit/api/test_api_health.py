"""`/health/ready`: what stops work makes it a 503, what soon will is said, and probes cost nothing."""

from __future__ import annotations

from fops.telemetry import health
from fops.telemetry.health import Health, disk_has_room, worst
from fops.telemetry.model import Check, State


class _Clock:
    at = 100.0

    def now(self):
        raise AssertionError

    def elapsed(self) -> float:
        return self.at


def test_a_house_that_can_work_is_ready(api):
    answer = api.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert {(one["name"], one["state"]) for one in answer.json()["checks"]} == {
        ("disk", "passing"),
        ("database", "passing"),
        ("audit", "passing"),
    }


def test_a_trail_that_cannot_be_written_makes_it_not_ready(api, house):
    house.audit_folder.parent.mkdir(parents=True, exist_ok=True)
    house.audit_folder.write_text("a file where the folder should be")
    answer = api.get("/health/ready")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["detail"] == "not ready: audit"
    assert api.get("/health/live").status_code == 200


def test_many_probes_ask_once_a_second():
    asked = []
    clock = _Clock()
    known = Health([lambda: asked.append(1) or Check(name="one", state=State.PASSING)], clock)
    for _ in range(100):
        known.checks()
    assert len(asked) == 1
    clock.at += health.KEPT_SECONDS
    known.checks()
    assert len(asked) == 2


def test_a_check_that_does_not_come_back_is_a_failure_and_holds_nobody():
    clock = _Clock()
    seen = []

    def ask() -> Check:
        if clock.at > 100:  # the second time, others come while it is open
            seen.append(worst(known.checks()))
            clock.at += health.SILENT_SECONDS + 1
            seen.append(worst(known.checks()))
        return Check(name="slow", state=State.PASSING)

    known = Health([ask], clock)
    known.checks()
    clock.at += 2
    known.checks()
    assert seen == [State.PASSING, State.FAILING]


def test_a_disk_that_fills_is_degraded_before_it_fails(tmp_path, monkeypatch):
    told = []
    for free in (10**10, health.LOW_FREE - 1, health.LEAST_FREE - 1):
        monkeypatch.setattr(health, "free_bytes", lambda _folder, free=free: float(free))
        told.append(disk_has_room(tmp_path)().state)
    assert told == [State.PASSING, State.DEGRADED, State.FAILING]
