from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fops.audit import AuditLog, Outcome
from fops.kernel.context import RequestContext


class SetClock:
    """Time as the test sets it; each reading is one second later."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def elapsed(self) -> float:
        return self.moment.timestamp()


@pytest.fixture
def clock():
    return SetClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def log(tmp_path, clock):
    return AuditLog(tmp_path / "audit", clock=clock, chain="node-a")


@pytest.fixture
def write(log):
    """Append a line; a test names only what matters to it."""

    def write(action="deploy.execute", *, actor="local:ada", target="shop-api", details=None):
        ctx = RequestContext(actor=actor, door="test", request_id="req_1", operation_id="opn_1")
        return log.append(ctx, action=action, target=target, outcome=Outcome.STARTED, details=details)

    return write
