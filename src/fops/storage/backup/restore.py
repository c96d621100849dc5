"""Put the rows of a backup into a database, whatever its kind and whatever revision the backup has."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    literal_column,
    select,
    text,
)

from fops.kernel.errors import FormatError
from fops.storage.address import POSTGRESQL
from fops.storage.backup.archive import Backup
from fops.storage.schema import METADATA
from fops.storage.turns import take_turn

_VERSION = "alembic_version"
_ROWS = 500  # written by one statement


def is_empty(connection: Connection) -> bool:
    """Whether no table of ours holds a row."""
    there = set(inspect(connection).get_table_names())
    return not any(
        connection.execute(select(literal_column("1")).select_from(table).limit(1)).first()
        for table in METADATA.sorted_tables
        if table.name in there
    )


def restore_rows(connection: Connection, backup: Backup) -> None:
    """Replace all our tables by those of the backup, at the newest revision, in the caller's transaction.

    The tables are made as the program of the backup knew them, filled, and then migrated like any older database.
    Raises FormatError for rows that do not fit.
    """
    from fops.storage.migrations import upgrade  # noqa: PLC0415 - Alembic costs a second; only this and an old database pay

    take_turn(connection, "schema")
    if connection.dialect.name == POSTGRESQL:
        connection.execute(
            text("SET LOCAL statement_timeout = 0")
        )  # others finish first, however long they take
    _drop(connection)
    upgrade(connection, backup.manifest.revision)
    made = MetaData()
    made.reflect(connection)
    strange = backup.manifest.tables.keys() - made.tables.keys()
    if strange:
        raise FormatError(f"the backup has tables that its revision does not: {', '.join(sorted(strange))}")
    for table in made.sorted_tables:
        if table.name in backup.manifest.tables:
            _fill(connection, table, backup)
    upgrade(connection)


def _drop(connection: Connection) -> None:
    there = MetaData()
    ours = {*METADATA.tables, _VERSION}
    there.reflect(connection, only=lambda name, _metadata: name in ours)
    there.drop_all(connection)


def _fill(connection: Connection, table: Table, backup: Backup) -> None:
    binary = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    for column in table.columns:
        if isinstance(column.type, JSON) and column.nullable:
            column.type = JSON(none_as_null=True)  # nothing, and not a JSON null, as the rooms write it
    rows, count = backup.rows(table.name), 0
    while chunk := list(islice(rows, _ROWS)):
        for row in chunk:
            row.update((name, base64.b64decode(row[name])) for name in binary if row.get(name) is not None)
        connection.execute(insert(table), chunk)
        count += len(chunk)
    if count != backup.manifest.tables[table.name]:
        raise FormatError(
            f"the backup has {count} rows of {table.name} and not {backup.manifest.tables[table.name]}"
        )
    _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """Let the numbers that PostgreSQL hands out go on behind those that were restored; SQLite looks by itself."""
    if connection.dialect.name != POSTGRESQL:
        return
    for column in _counted(table):
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column))).scalar()
        last = connection.execute(select(func.max(table.c[column]))).scalar()
        if sequence and last:
            connection.execute(select(func.setval(sequence, last)))


def _counted(table: Table) -> Iterator[Any]:
    return (column.name for column in table.primary_key if isinstance(column.type, Integer))
