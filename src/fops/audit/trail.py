"""AuditLog: the trail as the rest of the house sees it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fops.audit import append, read, verify
from fops.audit.days import FOLDER_MODE, day_files, held, opened, told_as_storage
from fops.audit.model import VERSION, Anchors, AuditEntry, AuditVerdict, NoAnchors, Outcome, link_of
from fops.audit.seals import Sealing, Terms, due_days, seal_days
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import StorageFailed
from fops.kernel.ids import new_id
from fops.kernel.redaction import redact


@dataclass(frozen=True, slots=True)
class AuditLog:
    """One trail in one folder; any number of processes and threads may share it.

    Attributes: `folder` is made on first use; `chain` the name of this node, written into every line; `anchors` keeps
    ends of the chain elsewhere; `heard` is told each line's action and outcome once it is on the disk, or `unwritten`
    when it could not be written.
    """

    folder: Path
    clock: Clock = field(kw_only=True)
    chain: str = field(kw_only=True)
    anchors: Anchors = field(kw_only=True, default_factory=NoAnchors)
    heard: Callable[[str, str], None] = field(kw_only=True, default=lambda _action, _outcome: None)

    def append(  # noqa: PLR0913  # a line has this many keys to fill
        self,
        ctx: RequestContext,
        *,
        action: str,
        target: str,
        outcome: Outcome,
        details: Mapping[str, Any] | None = None,
        step: int | str | None = None,
        attempt: int = 1,
        approval_id: str | None = None,
    ) -> AuditEntry:
        """Write one line, secrets masked, and return it once it is on the disk.

        Raises StorageFailed when it cannot be written: then the action must not happen.
        """
        draft = AuditEntry(
            v=VERSION,
            seq=0,
            id=new_id("aud"),
            timestamp="",
            tenant=ctx.tenant,
            actor=ctx.actor,
            door=ctx.door,
            action=action,
            target=redact(append.recordable(target)),
            outcome=Outcome(outcome),
            details=redact(append.recordable(details or {})),
            request_id=ctx.request_id,
            operation_id=ctx.operation_id,
            step=step,
            attempt=attempt,
            approval_id=approval_id,
            chain=self.chain,
            prev="",
            hash="",
        )
        try:
            with told_as_storage(self.folder, "written"):
                entry = append.append(self.folder, draft, clock=self.clock)
        except StorageFailed:
            self.heard(action, "unwritten")
            raise
        self.heard(action, entry.outcome)
        self.anchors.reached(self.chain, link_of(entry))
        return entry

    def appendable(self) -> None:
        """Return when a line could be written now; nothing is. Raises StorageFailed."""
        with told_as_storage(self.folder, "written"):
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            with held(self.folder):
                for day in day_files(self.folder)[-1:]:
                    with opened(day, os.O_WRONLY | os.O_APPEND):
                        pass

    def query(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        action: str | None = None,
        actor: str | None = None,
        target: str | None = None,
    ) -> Iterator[AuditEntry]:
        """Entries with since <= time < until and exactly these values, in order. Raises StorageFailed.

        Reads the days in question only, from the first line in question; unreadable lines are left to `verify`.
        """
        wanted = {"action": action, "actor": actor, "target": target}
        exact = {name: value for name, value in wanted.items() if value is not None}
        for _, entry in self._lines(since, until):
            if entry and all(getattr(entry, name) == value for name, value in exact.items()):
                yield entry

    def show(self, identifier: str) -> AuditEntry:
        """The entry of this id. Raises NotFound, StorageFailed."""
        return read.find(self.folder, identifier)

    def verify(self) -> AuditVerdict:
        """Whether every line is there and as it was written. Raises StorageFailed when the trail cannot be read."""
        return verify.verify(self.folder, anchors=self.anchors, chain=self.chain)

    def seal(self, *, compress_days: int, keep_days: int | None) -> Sealing:
        """Compress days that lie so many days back or more, and give up lines older than `keep_days`; None keeps all.

        Raises StorageFailed where a day is not as it was written: it and what follows stay as they are.
        """
        with told_as_storage(self.folder, "sealed"):
            return seal_days(self.folder, self._terms(compress_days, keep_days))

    def due(self, *, compress_days: int, keep_days: int | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The days that `seal` would compress, and those whose lines it would give up; both empty where nothing is due."""
        with told_as_storage(self.folder, "read"):
            return due_days(self.folder, self._terms(compress_days, keep_days))

    def _terms(self, compress_days: int, keep_days: int | None) -> Terms:
        today = self.clock.now().date()
        back = min(compress_days, keep_days or compress_days)  # only what is sealed may be given up
        keep = today - timedelta(days=keep_days) if keep_days is not None else None
        return Terms(before=today - timedelta(days=back - 1), keep_from=keep)

    def raw(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[tuple[bytes, AuditEntry | None]]:
        """Lines of a time byte for byte, so that their seals still hold, and what each says; None for an unreadable one.

        Raises StorageFailed.
        """
        return self._lines(since, until)

    def _lines(
        self, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[bytes, AuditEntry | None]]:
        start = isoformat(since) if since else read.EARLIEST
        end = isoformat(until) if until else read.LATEST
        return read.lines(self.folder, since=start, until=end)
