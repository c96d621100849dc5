"""AuditLogger: the names of the founding sketch, kept importable as a thin face of AuditLog."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fops.audit.line import as_line
from fops.audit.model import Outcome
from fops.audit.trail import AuditLog
from fops.kernel import clock
from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id

_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class AuditLogger:
    """The trail in a folder, for programs that only log actions done and list them.

    `log_dir` is the folder, made on first use.
    """

    def __init__(self, log_dir: str | Path) -> None:
        self._log = AuditLog(Path(log_dir), clock=clock.SystemClock(), chain=os.uname().nodename)

    def log_action(self, action: str, user: str, details: Mapping[str, Any] | None = None) -> str:
        """Record an action that was done by this user; returns the entry's id. Raises StorageFailed.

        `details["target"]`, where given, becomes the entry's target.
        """
        details = details or {}
        ctx = RequestContext(actor=user, door="python", request_id=new_id("req"))
        target = str(details.get("target", ""))
        entry = self._log.append(
            ctx, action=action, target=target, outcome=Outcome.SUCCEEDED, details=details
        )
        return entry.id

    def get_audit_trail(
        self,
        start_date: date | str | None = None,
        end_date: date | str | None = None,
        action: str | None = None,
    ) -> list[dict[str, Any]]:
        """The entries from start to end, both included, as the objects of their lines with `user` beside `actor`.

        A date stands for its whole day; texts are ISO 8601; a missing zone means UTC. Raises ValueError,
        StorageFailed.
        """
        since = _moment(start_date) if start_date is not None else None
        until = _moment(end_date) + _length(end_date) if end_date is not None else None
        entries = self._log.query(since=since, until=until, action=action)
        return [as_line(entry) | {"user": entry.actor} for entry in entries]


def _moment(given: date | str) -> datetime:
    return clock.parse(given if isinstance(given, str) else given.isoformat())


def _length(given: date | str) -> timedelta:
    is_day = len(given) == len("2026-11-22") if isinstance(given, str) else not isinstance(given, datetime)
    return _ONE_DAY if is_day else _INSTANT
