"""The tables of leases, workers, waits and last runs; and the engine that DBOS is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import DEFAULT_TENANT
from fops.kernel.errors import StorageFailed
from fops.storage.address import SQLITE, read_address
from fops.storage.schema import METADATA, moment, tenant

RUNNER = "runner"
"""The lease whose holder leads: it recovers, repairs and runs the schedules."""

leases = Table(
    "leases",
    METADATA,
    tenant(),
    Column("name", String(64), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("proven", Boolean, nullable=False),
    moment("taken_at"),
    moment("expires_at"),
    PrimaryKeyConstraint("tenant", "name"),
)
workers = Table(
    "workers",
    METADATA,
    tenant(),
    Column("id", String(128), nullable=False),
    Column("concurrency", Integer, nullable=False),
    moment("started_at"),
    moment("seen_at"),
    moment("expires_at"),
    PrimaryKeyConstraint("tenant", "id"),
)
schedules = Table(
    "schedules",
    METADATA,
    tenant(),
    Column("name", String(64), nullable=False),
    moment("last_run"),
    PrimaryKeyConstraint("tenant", "name"),
)
waits = Table(
    "waits",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("operation_id", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("carry", JSON, nullable=False),
    moment("asked_at"),
    moment("expires_at"),
    Column("answer", Text),
    Column("answered_by", String(128)),
    moment("answered_at", nullable=True),
    PrimaryKeyConstraint("tenant", "id"),
)
Index("ix_waits_operation", waits.c.tenant, waits.c.operation_id)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A question to a person: `subject` is the digest of what is asked about, `carry` what the next hop needs to know."""

    id: str
    operation_id: str
    kind: str
    subject: str
    carry: Mapping[str, Any]
    asked_at: str
    expires_at: str


def now(connection: Connection, clock: Clock) -> datetime:
    """The time by which leases are judged: that of the database, and on SQLite that of the one machine."""
    if connection.dialect.name == SQLITE:
        return clock.now()
    found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return found.astimezone(UTC)


def take_lease(
    connection: Connection, name: str, owner: str, *, at: datetime, seconds: float, proven: bool
) -> bool:
    """Take or renew a lease. Whether `owner` has it now.

    `proven` says that the taker holds the proof of life: an owner that held it too must then be dead, and is not waited for.
    """
    mine = (leases.c.tenant == DEFAULT_TENANT, leases.c.name == name)
    held = {"owner": owner, "proven": proven, "expires_at": isoformat(at + timedelta(seconds=seconds))}
    row = connection.execute(select(leases).where(*mine).with_for_update()).first()
    if row is None:
        first = {"tenant": DEFAULT_TENANT, "name": name, "token": 1, "taken_at": isoformat(at)}
        connection.execute(insert(leases).values(**first, **held))
        return True
    if row.owner != owner:
        if row.expires_at > isoformat(at) and not (proven and row.proven):
            return False
        held |= {"token": row.token + 1, "taken_at": isoformat(at)}
    connection.execute(update(leases).where(*mine).values(**held))
    return True


def holds_lease(connection: Connection, name: str, owner: str, *, at: datetime) -> bool:
    """Whether the lease is this owner's, and not run out."""
    wanted = (leases.c.name == name, leases.c.owner == owner, leases.c.expires_at > isoformat(at))
    found = connection.execute(select(leases.c.token).where(leases.c.tenant == DEFAULT_TENANT, *wanted))
    return found.first() is not None


def let_go(connection: Connection, owner: str, *, at: datetime) -> None:
    """End this owner's leases and its row among the workers."""
    mine = (leases.c.tenant == DEFAULT_TENANT, leases.c.owner == owner)
    connection.execute(update(leases).where(*mine).values(expires_at=isoformat(at)))
    connection.execute(delete(workers).where(workers.c.tenant == DEFAULT_TENANT, workers.c.id == owner))


def beat(connection: Connection, worker: str, *, at: datetime, seconds: float, concurrency: int) -> None:
    """A sign of life."""
    mine = (workers.c.tenant == DEFAULT_TENANT, workers.c.id == worker)
    seen = {"seen_at": isoformat(at), "expires_at": isoformat(at + timedelta(seconds=seconds))}
    if not connection.execute(update(workers).where(*mine).values(**seen)).rowcount:
        row = {
            "tenant": DEFAULT_TENANT,
            "id": worker,
            "concurrency": concurrency,
            "started_at": isoformat(at),
        }
        connection.execute(insert(workers).values(**row, **seen))


def lives(connection: Connection, worker: str, *, at: datetime) -> bool:
    """Whether a worker gave a sign of life in time."""
    mine = (workers.c.tenant == DEFAULT_TENANT, workers.c.id == worker, workers.c.expires_at > isoformat(at))
    return connection.execute(select(workers.c.id).where(*mine)).first() is not None


def living(connection: Connection, *, at: datetime) -> list[Row]:
    """The workers that gave a sign of life in time; `leads` says which of them holds the runner's lease."""
    alive = (workers.c.tenant == DEFAULT_TENANT, workers.c.expires_at > isoformat(at))
    rows = connection.execute(select(workers).where(*alive).order_by(workers.c.started_at)).mappings().all()
    return [dict(row) | {"leads": holds_lease(connection, RUNNER, row["id"], at=at)} for row in rows]


def forget_dead(connection: Connection, *, before: datetime) -> None:
    """Drop the rows of workers that were last due before a time."""
    dead = (workers.c.tenant == DEFAULT_TENANT, workers.c.expires_at < isoformat(before))
    connection.execute(delete(workers).where(*dead))


def begin_run(connection: Connection, name: str, *, every: timedelta, at: datetime) -> bool:
    """Whether a schedule is due; then its time counts from now, for every process."""
    mine = (schedules.c.tenant == DEFAULT_TENANT, schedules.c.name == name)
    row = connection.execute(select(schedules).where(*mine).with_for_update()).first()
    if row is None:
        connection.execute(insert(schedules).values(tenant=DEFAULT_TENANT, name=name, last_run=isoformat(at)))
        return True
    if row.last_run > isoformat(at - every):
        return False
    connection.execute(update(schedules).where(*mine).values(last_run=isoformat(at)))
    return True


def ask(connection: Connection, tenant_of: str, wait: Wait) -> None:
    """Keep a question."""
    connection.execute(insert(waits).values(tenant=tenant_of, **asdict(wait)))


def answer(connection: Connection, wait: Row, text: str, *, by: str, at: datetime) -> bool:
    """Answer a question, once. Whether this was the answer."""
    mine = (waits.c.tenant == wait["tenant"], waits.c.id == wait["id"], waits.c.answer.is_(None))
    given = {"answer": text, "answered_by": by, "answered_at": isoformat(at)}
    return bool(connection.execute(update(waits).where(*mine).values(**given)).rowcount)


def newest_wait(connection: Connection, tenant_of: str, operation_id: str) -> Row | None:
    """The question that an operation asked last."""
    mine = (waits.c.tenant == tenant_of, waits.c.operation_id == operation_id)
    rows = connection.execute(select(waits).where(*mine).order_by(waits.c.id.desc()).limit(1)).mappings()
    return next((dict(row) for row in rows), None)


def overdue(connection: Connection, *, at: datetime, limit: int) -> list[Row]:
    """Questions of every tenant that nobody answered in time."""
    open_still = (waits.c.answer.is_(None), waits.c.expires_at <= isoformat(at))
    rows = connection.execute(select(waits).where(*open_still).order_by(waits.c.expires_at).limit(limit))
    return [dict(row) for row in rows.mappings()]


def make_ready_for_threads() -> None:
    """Load what the engine would load beside running queries.

    SQLAlchemy tells its core of the object mapper before the mapper is whole: a query of another thread falls into the gap.
    """
    import sqlalchemy.orm  # noqa: F401, PLC0415 - a tenth of a second, which only a worker pays


def queue_url(database_url: str) -> str:
    """Where the engine keeps its own tables: beside a SQLite database, in a PostgreSQL one."""
    url = read_address(database_url)
    if url.get_backend_name() != SQLITE:
        return url.render_as_string(hide_password=False)
    return f"sqlite:///{Path(url.database or '').with_name('workflows.db')}"


def sqlite_engine(url: str) -> Engine | None:
    """The engine for SQLite: without the function that DBOS takes for granted, old versions of it do not start.

    It keeps no connection: DBOS closes no engine but its own, and its threads may outlive what they were launched by.
    """
    if read_address(url).get_backend_name() != SQLITE:
        return None
    engine = create_engine(url, connect_args={"timeout": 30}, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _on_connect(raw, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the driver's own type
        if sqlite3.sqlite_version_info < (3, 42):
            raw.create_function("unixepoch", 1, lambda _text: datetime.now(UTC).timestamp())
        for pragma in ("journal_mode=WAL", "busy_timeout=30000", "synchronous=NORMAL"):
            raw.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def told_as_storage(what: str) -> Iterator[None]:
    """Failures of a database as the house names them. Raises StorageFailed."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StorageFailed(
            f"{what}: {error}", hint="check free space, and that the database answers"
        ) from error
