"""A database that says how long its callers waited, and how full its pool is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from fops.kernel.errors import FopsError
from fops.storage.database import Database
from fops.telemetry.model import PoolState


class HeardDatabase(Database):
    """As `Database`; `waited` hears in seconds how long it took until each transaction began."""

    def __init__(self, *known: Any, waited: Callable[[float], None]) -> None:
        super().__init__(*known)
        self._waited = waited

    @contextmanager
    def write(self) -> Iterator[Any]:
        """As `Database.write`; on SQLite the wait includes the lock of another writer."""
        asked = perf_counter()
        with super().write() as connection:
            self._waited(perf_counter() - asked)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Any]:
        """As `Database.read`."""
        asked = perf_counter()
        with super().read() as connection:
            self._waited(perf_counter() - asked)
            yield connection

    def pool(self) -> PoolState | None:
        """Its pool now; None while the database does not answer, and where there is none, as for one in memory."""
        try:
            pool: Any = self.engine.pool
        except FopsError:
            return None  # the checks say what is wrong
        if not hasattr(pool, "overflow"):
            return None
        return PoolState(size=pool.size(), checked_out=pool.checkedout(), overflow=max(0, pool.overflow()))
