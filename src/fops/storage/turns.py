"""Turns: what must happen one transaction at a time, on databases that let many write at once."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from fops.kernel.canonical import digest_bytes
from fops.storage.address import POSTGRESQL


def take_turn(connection: Connection, *of: str) -> None:
    """Wait for every other transaction that took the turn of these names; the turn ends with the transaction.

    A number that the database hands out (`seq`) is seen in its order only so: without a turn a later number can be
    committed first, and whoever reads on behind it never sees the earlier one. SQLite has one writer anyway.
    """
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(_number("\x1f".join(of)))))


def _number(name: str) -> int:
    """A name as PostgreSQL's locks are named: 64 bits with a sign."""
    return int(digest_bytes(name.encode()).removeprefix("sha256:")[:16], 16) - 2**63
