"""What became of a commit whose answer was lost, asked of the server that was to carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from fops.storage.address import POSTGRESQL

# Changes with every start of the server, and with every recovery from a crash of one of its processes.
_LIFE = (func.pg_postmaster_start_time(), func.pg_stat_get_bgwriter_stat_reset_time())


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a transaction can be asked after: its number, and the life of the server that gave it."""

    number: int
    life: tuple[Any, ...]


def mark_of(connection: Connection) -> Mark | None:
    """The mark of a transaction, None when it changed nothing or the database is a file beside us."""
    if connection.dialect.name != POSTGRESQL:
        return None
    number, *life = connection.execute(select(func.txid_current_if_assigned(), *_LIFE)).one()
    return None if number is None else Mark(number, tuple(life))


def is_kept(connection: Connection, mark: Mark) -> bool | None:
    """Whether a transaction was committed; None when nobody knows, or not yet.

    A crash forgets numbers that were handed out and of which nothing had reached the disk, and hands them out again:
    in another life of the server a number that is committed may be somebody else's, and only "no" can be believed.
    """
    if tuple(connection.execute(select(*_LIFE)).one()) == mark.life:
        status: str | None = connection.execute(select(func.txid_status(mark.number))).scalar()
        return {"committed": True, "aborted": False}.get(status or "")
    newest: int = connection.execute(
        select(func.txid_snapshot_xmax(func.txid_current_snapshot()))
    ).scalar_one()
    if mark.number >= newest:
        return False
    status = connection.execute(select(func.txid_status(mark.number))).scalar()
    return None if status in {"committed", None} else False
