"""Ends of chains in the database, so that who can write the trail's folder alone cannot cut or replace it unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Table, Text, insert, select

from fops.audit.model import Link
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import DEFAULT_TENANT
from fops.kernel.errors import FopsError
from fops.storage.database import Database
from fops.storage.schema import METADATA, moment, tenant

EVERY_LINES = 50  # at most so many lines are lost unnoticed by who cuts the trail
EVERY_SECONDS = 60.0  # or those of so long a time

audit_heads = Table(
    "audit_heads",
    METADATA,
    tenant(),
    Column("chain", String(128), nullable=False),
    Column("folder", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(80), nullable=False),
    moment("at"),
    PrimaryKeyConstraint("tenant", "chain", "folder", "seq"),
)


class AnchoredHeads:
    """Anchors of the trail in a folder: every EVERY_LINES lines, and the first line after EVERY_SECONDS.

    Kept by a thread of its own: who writes a line may hold the database at that moment, and must not wait for itself.
    """

    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self._database = database
        self._clock = clock
        self._folder = str(folder.resolve())
        self._last: float | None = None
        self._keeping: threading.Thread | None = None

    def reached(self, chain: str, end: Link) -> None:
        """As `Anchors`; what cannot be kept is let be, and a later line is kept instead."""
        now = self._clock.elapsed()
        if end.seq % EVERY_LINES and self._last is not None and now - self._last < EVERY_SECONDS:
            return
        self._last = now
        self._keeping = threading.Thread(target=self._keep, args=(chain, end), name="audit-anchor")
        self._keeping.start()

    def of(self, chain: str) -> Mapping[int, str]:
        """As `Anchors`."""
        mine = (audit_heads.c.tenant == DEFAULT_TENANT, audit_heads.c.chain == chain, audit_heads.c.folder == self._folder)  # fmt: skip
        with self._database.read() as connection:
            rows = connection.execute(select(audit_heads.c.seq, audit_heads.c.hash).where(*mine))
            return {row.seq: row.hash for row in rows}

    def settle(self) -> None:
        """Return when the last end is kept, or was let be."""
        if self._keeping is not None:
            self._keeping.join()

    def _keep(self, chain: str, end: Link) -> None:
        row = {
            "tenant": DEFAULT_TENANT, "chain": chain, "folder": self._folder, "seq": end.seq, "hash": end.hash,
            "at": isoformat(self._clock.now()),
        }  # fmt: skip
        with suppress(FopsError), self._database.write() as connection:
            connection.execute(insert(audit_heads), row)
