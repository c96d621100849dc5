"""The one database: SQLite by default, PostgreSQL by its URL; no caller knows which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from fops.kernel.errors import Busy, StorageFailed
from fops.kernel.interrupts import deferred
from fops.storage.schema import METADATA

HEAD = "0003"  # the newest revision in migrations/versions; a test compares


class Database:
    """Transactions over one database whose schema is current; a Ctrl-C waits for the end of the short block.

    Raises StorageFailed when it cannot be read or written, Busy when another process holds it past 30 s.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)

    @cached_property
    def engine(self) -> Engine:
        """The engine; made, and the schema brought up to date, at first use."""
        if (
            self._url.database
            and self._url.get_backend_name() == "sqlite"
            and self._url.database != ":memory:"
        ):
            _make_folder(Path(self._url.database).parent)
        engine = create_engine(self._url)
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
        with deferred(), _named_failures(self._shown):
            _bring_up_to_date(engine)
        return engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        engine = self.engine
        with (
            deferred(),
            _named_failures(self._shown),
            engine.connect().execution_options(fops_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        engine = self.engine
        with deferred(), _named_failures(self._shown), engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def _shown(self) -> str:
        return self._url.render_as_string(hide_password=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be made: {error.strerror}", hint="set FOPS_HOME to a folder you may write"
        ) from error


@contextmanager
def _named_failures(shown: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig)
        if "locked" in reason:
            raise Busy(f"{shown} is held by another process", hint="try again in a moment") from error
        hint = "check free space and write access; FOPS_HOME names another data directory"
        raise StorageFailed(f"{shown}: {reason}", hint=hint) from error


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(raw, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the driver's own type
        raw.isolation_level = None  # the begin hook below decides how a transaction starts
        for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A transaction that will write takes the lock at once: upgrading a read lock fails without waiting.
        write = connection.get_execution_options().get("fops_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    version = _version(engine)
    if version == HEAD:
        return
    if version is None:
        _create(engine)
        return
    from fops.storage.migrations import upgrade  # noqa: PLC0415 - Alembic costs a second; only a database behind pays

    upgrade(engine)


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _create(engine: Engine) -> None:
    """An empty database gets the newest schema at once, stamped as if it had been migrated."""
    with engine.connect().execution_options(fops_write=True) as connection, connection.begin():
        if engine.dialect.has_table(connection, "alembic_version"):
            return  # another process was first
        METADATA.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
