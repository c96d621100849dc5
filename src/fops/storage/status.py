"""What can be said of a database without changing it: where it is, its revision, its size, its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text

from fops.storage.address import SQLITE
from fops.storage.database import Database
from fops.storage.failures import named_failures
from fops.storage.schema import METADATA
from fops.storage.turns import take_turn
from fops.storage.versions import head, known, revisions, version


def status(database: Database) -> dict[str, Any]:
    """Kind, URL without secrets, `revision` (None: not made yet), `head`, `pending`, `bytes`, rows of each table.

    Raises what Database raises, but does not wait for a server that is away.
    """
    found: dict[str, Any] = {"kind": database.kind, "url": database.shown, "revision": None, "head": head()}
    size, rows = 0, {}
    if _is_there(database):
        with _looking(database) as connection:
            found["revision"] = version(connection)
            size, rows = _size(connection, database), _rows(connection)
    pending = [one for one in revisions() if one > (found["revision"] or "")]
    return found | {"pending": pending, "bytes": size, "rows": rows}


def pending_revisions(revision: str | None) -> list[dict[str, str]]:
    """What a migration from this revision (None: nothing yet) would run, in order: `revision`, `says` what it brings."""
    from fops.storage.migrations import described  # noqa: PLC0415 - Alembic costs a second

    return [one for one in described() if one["revision"] > (revision or "")]


def migrate(database: Database, listener: Callable[[str], None]) -> list[str]:
    """Bring the schema to the newest revision, in one transaction; the listener hears of each. Returns their names.

    Raises what Database raises, and StorageFailed for a database that is newer than this program.
    """
    from fops.storage.migrations import upgrade  # noqa: PLC0415 - as above

    engine = database.bare_engine()
    try:
        with (
            named_failures(database.url),
            engine.connect().execution_options(fops_write=True) as connection,
            connection.begin(),
        ):
            take_turn(connection, "schema")
            before = version(connection)
            known(before or "")
            pending = [one for one in revisions() if one > (before or "")]
            if pending:
                upgrade(connection, listener=listener)
    finally:
        engine.dispose()
    return pending


def _is_there(database: Database) -> bool:
    """Looking at a SQLite file would make it."""
    return database.kind != SQLITE or Path(database.url.database or "").is_file()


@contextmanager
def _looking(database: Database) -> Iterator[Connection]:
    engine = database.bare_engine()
    try:
        with named_failures(database.url), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _size(connection: Connection, database: Database) -> int:
    if database.kind == SQLITE:
        file = str(database.url.database)
        return sum(path.stat().st_size for end in ("", "-wal") if (path := Path(file + end)).is_file())
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def _rows(connection: Connection) -> dict[str, int]:
    there = set(inspect(connection).get_table_names())
    tables = [table for table in METADATA.sorted_tables if table.name in there]
    counts = {
        one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables
    }
    return dict(sorted(counts.items()))
