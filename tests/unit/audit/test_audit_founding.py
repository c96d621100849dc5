from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fops.audit import AuditLog, AuditLogger
from fops.kernel.clock import SystemClock


def test_an_action_logged_with_the_founding_names_is_an_entry_of_the_trail(tmp_path):
    logger = AuditLogger(str(tmp_path / "logs"))
    identifier = logger.log_action("deploy", "ada", {"target": "shop-api", "token": "hunter2"})
    entry = AuditLog(tmp_path / "logs", clock=SystemClock(), chain="").show(identifier)
    assert (entry.action, entry.actor, entry.target) == ("deploy", "ada", "shop-api")
    assert entry.details == {"target": "shop-api", "token": "****"}


def test_the_founding_trail_takes_dates_moments_and_texts_and_includes_both_ends(tmp_path):
    logger = AuditLogger(tmp_path)
    logger.log_action("deploy", "ada", {})
    logger.log_action("onboard", "bob")
    trail = logger.get_audit_trail()
    moments = [datetime.fromisoformat(entry["timestamp"]) for entry in trail]
    today = moments[0].date()

    assert [entry["user"] for entry in trail] == ["ada", "bob"]
    assert logger.get_audit_trail(moments[0], moments[0], "deploy") == trail[:1]
    assert logger.get_audit_trail(today, moments[-1].date()) == trail
    assert logger.get_audit_trail(today.isoformat(), moments[-1].date().isoformat(), "onboard") == trail[1:]
    assert logger.get_audit_trail(datetime.now(UTC) + timedelta(hours=1), None) == []
