"""The version of a schema: made at once, brought up to date when behind, refused when ahead."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from fops.kernel.errors import StorageFailed
from fops.storage.schema import METADATA
from fops.storage.turns import take_turn

_REVISIONS = Path(__file__).parent / "migrations" / "versions"


@cache
def head() -> str:
    """The newest revision: its number leads the name of its file, so that nobody needs Alembic to know it."""
    return max(revisions())


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return sorted(path.name[:4] for path in _REVISIONS.glob("[0-9]*_*.py"))


def bring_up_to_date(engine: Engine) -> None:
    """Create the schema, or run the missing migrations; of several processes one does it and the others wait.

    Raises StorageFailed for a schema that is newer than this program.
    """
    with engine.connect() as connection:
        found = version(connection)
    if found == head():
        return
    with engine.connect().execution_options(fops_write=True) as connection, connection.begin():
        take_turn(connection, "schema")
        found = version(connection)
        if found is None:
            create(connection)
        elif found != head():
            known(found)
            from fops.storage.migrations import upgrade  # noqa: PLC0415 - Alembic costs a second; only a database behind pays

            upgrade(connection)


def version(connection: Connection) -> str | None:
    """The revision of the schema, None where there is none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def known(revision: str) -> None:
    """Raises StorageFailed for a revision that a newer program, or another one, has made."""
    if revision > head():
        raise StorageFailed(
            f"the database is at revision {revision}, and this program knows revisions up to {head()}",
            hint="run the newer F-Ops that made it; or give F-Ops a database of its own",
        )


def create(connection: Connection) -> None:
    """An empty database gets the newest schema at once, stamped as if it had been migrated."""
    METADATA.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head()})
