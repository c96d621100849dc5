"""The one database: SQLite by default, PostgreSQL by its URL; no caller knows which."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fops.kernel.errors import BrokenOff, InDoubt, StorageFailed, Transient, Unreachable
from fops.kernel.interrupts import deferred
from fops.storage.address import POSTGRESQL, SQLITE, read_address, shown
from fops.storage.commits import Mark, is_kept, mark_of
from fops.storage.failures import named_failures, told
from fops.storage.settings import StorageSettings
from fops.storage.versions import bring_up_to_date

# A host that is off, or behind a firewall that forgot us, does not refuse: it is silent (seconds, milliseconds the last).
_ASKED = MappingProxyType({
    "application_name": "fops", "connect_timeout": 5,
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000,
})  # fmt: skip
_RECYCLE_SECONDS = 1800  # firewalls forget connections that are idle for an hour
_LOOKS, _LOOK_SECONDS = 5, 0.2  # how often, and at what distance, a commit in doubt is asked after
# One picture for all statements of a block, as SQLite gives; and a read that writes is a mistake.
_READS = MappingProxyType(
    {SQLITE: {}, POSTGRESQL: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}}
)


class Database:
    """Transactions over one database whose schema is current; a Ctrl-C waits for the end of the short block.

    Raises StorageFailed when it cannot be read or written, Busy when others hold it too long, Unreachable when it does
    not answer within the time of the settings, and BrokenOff when it goes away in the block: nothing of it is then
    kept, and the caller may come again. InDoubt is left for a commit of which nobody knows whether it came about.
    `limits` give the times.
    """

    def __init__(self, url: str, limits: StorageSettings | None = None) -> None:
        self.url = read_address(url)
        self._limits = limits or StorageSettings()
        self._lock = Lock()
        self._engine: Engine | None = None

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.url.get_backend_name()

    @property
    def shown(self) -> str:
        """The URL for people, without secrets."""
        return shown(self.url)

    @property
    def engine(self) -> Engine:
        """The engine; made, and the schema brought up to date, at first use."""
        with self._lock:
            if self._engine is None:
                engine = self.bare_engine()
                try:
                    with deferred(), named_failures(self.url):
                        bring_up_to_date(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def bare_engine(self) -> Engine:
        """An engine over the database as it is, which may be none; the caller disposes of it."""
        if self.kind == POSTGRESQL:
            return _postgres_engine(self.url, self._limits)
        if self.url.database and self.url.database != ":memory:":
            _make_folder(Path(self.url.database).parent)
        engine = create_engine(self.url)
        _prepare_sqlite(engine)
        return engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        with (
            self._connected({"fops_write": True}) as connection,
            deferred(),
            named_failures(self.url, lost=BrokenOff),
        ):
            transaction = connection.begin()
            try:
                yield connection
                mark = mark_of(connection)
            except BaseException:
                with suppress(SQLAlchemyError):  # the connection may be why
                    transaction.rollback()
                raise
            self._commit(transaction, mark)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of everything."""
        with (
            self._connected(_READS[self.kind]) as connection,
            deferred(),
            named_failures(self.url, lost=BrokenOff),
        ):
            yield connection

    def check(self) -> None:
        """Whether it answers, without waiting until it does. Raises Unreachable, StorageFailed, Busy."""
        with named_failures(self.url), self.engine.connect():
            pass

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def _connected(self, options: Mapping[str, Any]) -> Iterator[Connection]:
        """A connection. A server that restarts is waited for: nothing was sent, so nothing can be done twice."""
        ends = time.monotonic() + self._limits.wait_seconds
        while True:
            try:
                with named_failures(self.url):
                    connection = self.engine.connect()
                break
            except Unreachable:
                if time.monotonic() > ends:
                    raise
                time.sleep(_LOOK_SECONDS)
        # Ending a read asks the server too; a write has ended by then.
        with named_failures(self.url, lost=BrokenOff), connection:
            yield connection.execution_options(**options)

    def _commit(self, transaction: RootTransaction, mark: Mark | None) -> None:
        try:
            transaction.commit()
        except DBAPIError as error:
            failure = told(error, self.url, lost=BrokenOff)
            if not isinstance(failure, BrokenOff) or mark is None or not self._was_kept(mark):
                raise failure from error

    def _was_kept(self, mark: Mark) -> bool:
        """What became of a commit whose answer was lost. Raises InDoubt."""
        with suppress(Transient, StorageFailed):
            for _ in range(_LOOKS):
                with self.read() as connection:
                    kept = is_kept(connection, mark)
                if kept is not None:
                    return kept
                time.sleep(_LOOK_SECONDS)
        raise InDoubt(
            f"{self.shown} broke off while a change was being kept",
            hint="look whether it is there before doing it again",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be made: {error.strerror}", hint="set FOPS_HOME to a folder you may write"
        ) from error


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


def _postgres_engine(url: URL, limits: StorageSettings) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_size=limits.connections,
            max_overflow=0,
            pool_timeout=limits.wait_seconds,
            pool_pre_ping=True,
            pool_recycle=_RECYCLE_SECONDS,
            # What the URL itself says about these wins.
            connect_args={name: value for name, value in _ASKED.items() if name not in url.query},
        )
    except ModuleNotFoundError as error:
        raise StorageFailed(
            f"{shown(url)} needs {error.name}, which is not installed", hint="pip install 'fops[server]'"
        ) from error
    milliseconds = limits.statement_seconds * 1000

    # Said by a statement and not when connecting, since poolers in between refuse what they do not know.
    @event.listens_for(engine, "connect")
    def _on_connect(raw, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the driver's own type
        raw.autocommit = True
        raw.execute(
            f"SET statement_timeout = {milliseconds}; SET idle_in_transaction_session_timeout = '5min'"
        )
        raw.autocommit = False

    return engine
