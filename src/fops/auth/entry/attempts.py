"""Waits after failures: for a name, for an address, and apart from both for an address that the person is known at."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fops.auth.store import credentials as store
from fops.kernel.clock import Clock, isoformat, parse
from fops.kernel.context import RequestContext
from fops.kernel.errors import TooOften
from fops.storage.database import Database

LONGEST = timedelta(minutes=15)
"""Of one wait."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""Without a failure, a count begins anew."""

KNOWN_FOR = timedelta(days=90)
"""How long an address at which somebody signed in counts for itself."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted under one key, and how many failures cost nothing."""

    key: str
    free: int


class Locked(TooOften):
    """Somebody failed too often; `begins` is True for the attempt that the wait began with."""


class Attempts:
    """Counts an attempt before the password is looked at, so that attempts side by side count; success takes it back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, ctx: RequestContext, actor: str, address: str) -> tuple[tuple[Count, ...], bool]:
        """Count an attempt; the counts, and whether a wait begins with it should it fail. Raises Locked, uncounted, in a wait."""
        now = self._clock.now()
        stale = isoformat(now - FORGOTTEN_AFTER)
        with self._database.read() as connection:  # so that a flood of refused attempts writes nothing
            counts = self._counts(connection, ctx, actor, address)
            for one in counts:
                self._refuse_in_wait(store.failures(connection, ctx, one.key))
        begins = False
        with self._database.write() as connection:
            for one in counts:
                failed = store.count_failure(connection, ctx, one.key, at=isoformat(now), stale=stale)
                # Counting holds the row, so that of attempts at one moment each sees the wait that another began.
                self._refuse_in_wait(store.failures(connection, ctx, one.key))
                if failed >= one.free:
                    begins = True
                    store.block(
                        connection, ctx, one.key, until=isoformat(now + wait_after(failed - one.free))
                    )
        return counts, begins

    def succeeded(self, ctx: RequestContext, counts: tuple[Count, ...]) -> None:
        """Take the counts of the name back; an address that belongs to many keeps its own."""
        with self._database.write() as connection:
            store.drop_failures(connection, ctx, before=isoformat(self._clock.now() - FORGOTTEN_AFTER))
            for one in counts:
                if not one.key.startswith("address:"):
                    store.forget_failures(connection, ctx, key=one.key)

    def _counts(self, connection: Any, ctx: RequestContext, actor: str, address: str) -> tuple[Count, ...]:
        since = isoformat(self._clock.now() - KNOWN_FOR)
        if store.knows_address(connection, ctx, actor, address, since=since):
            return (Count(f"known:{actor}@{address}", 5),)
        return (Count(f"name:{actor}", 5), Count(f"address:{address}", 20))

    def _refuse_in_wait(self, row: store.Row | None) -> None:
        if row is None or not row["blocked_until"]:
            return
        left = (parse(row["blocked_until"]) - self._clock.now()).total_seconds()
        if left > 0:
            raise Locked(
                "too many attempts to sign in failed",
                hint=f"try again in {max(1, round(left))} s",
                retry_after=left,
            )


def wait_after(beyond: int) -> timedelta:
    """The wait after so many failures beyond the free ones: one second, doubled each time, at most LONGEST."""
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST)


def address_key(address: str) -> str:
    """What is counted for an address: itself, or the /64 that one IPv6 subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
