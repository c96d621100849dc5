"""Health: a few questions to what the server stands on, asked at most once a second however many ask us."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from fops.audit import AuditLog
from fops.kernel.clock import Clock
from fops.kernel.errors import FopsError
from fops.storage.database import Database
from fops.telemetry.model import Check, State

KEPT_SECONDS = 1.0  # probes come every few seconds from each of several places
SILENT_SECONDS = 5.0  # a check that takes longer than a probe waits is as good as a failure
LEAST_FREE = 50_000_000  # bytes: an onboarding clones and writes some tens of megabytes
LOW_FREE = 500_000_000  # bytes: time to act before work is refused

Ask = Callable[[], Check]


class Health:
    """The checks of one server. One thread asks, all others get what is known."""

    def __init__(self, questions: Sequence[Ask], clock: Clock) -> None:
        self._questions = questions
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[Check, ...] = ()
        self._at = self._asking_since = float("-inf")

    def checks(self) -> tuple[Check, ...]:
        """How each stands, at most a second ago; the last answer of all while a question is open."""
        if self._known and self._clock.elapsed() - self._at < KEPT_SECONDS:
            return self._known
        if not self._lock.acquire(blocking=not self._known):
            silent = self._clock.elapsed() - self._asking_since > SILENT_SECONDS
            return (_silent(),) if silent else self._known
        try:
            return self._ask()
        finally:
            self._lock.release()

    def _ask(self) -> tuple[Check, ...]:
        self._asking_since = self._clock.elapsed()
        if not self._known or self._asking_since - self._at >= KEPT_SECONDS:
            self._known = tuple(ask() for ask in self._questions)
            self._at = self._clock.elapsed()
        return self._known


def worst(checks: Sequence[Check]) -> State:
    """The state of the whole."""
    return max((check.state for check in checks), key=list(State).index, default=State.PASSING)


def database_answers(database: Database) -> Ask:
    """Whether a query comes back."""

    def ask() -> Check:
        database.check()
        return Check(name="database", state=State.PASSING)

    return _or_failing("database", ask)


def trail_is_appendable(audit: AuditLog) -> Ask:
    """Whether the next line of the trail could be written."""

    def ask() -> Check:
        audit.appendable()
        return Check(name="audit", state=State.PASSING)

    return _or_failing("audit", ask)


def disk_has_room(folder: Path) -> Ask:
    """Whether the data directory can take more."""

    def ask() -> Check:
        free = free_bytes(folder)
        state = State.PASSING if free >= LOW_FREE else State.DEGRADED if free >= LEAST_FREE else State.FAILING
        return Check(name="disk", state=state, detail=f"{free / 1e6:,.0f} MB free in {folder}")

    return _or_failing("disk", ask)


def free_bytes(folder: Path) -> float:
    """Free bytes on the disk of a folder, or of the nearest above it that exists; 0 where that cannot be read."""
    try:
        return shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free
    except OSError:
        return 0.0


def _or_failing(name: str, ask: Ask) -> Ask:
    def answered() -> Check:
        try:
            return ask()
        except FopsError as error:
            return Check(name=name, state=State.FAILING, detail=error.message)

    return answered


def _silent() -> Check:
    return Check(
        name="checks", state=State.FAILING, detail=f"a check has not answered for {SILENT_SECONDS:.0f} s"
    )
