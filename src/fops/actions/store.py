"""The tables of operations and their events (whose `seq` is the id of a progress stream), and their describer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from fops.kernel.context import RequestContext
from fops.provenance.model import Description, Node
from fops.storage.database import Database
from fops.storage.schema import METADATA, moment, tenant
from fops.storage.turns import take_turn

operations = Table(
    "operations",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("door", String(16), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    moment("started_at"),
    moment("finished_at", nullable=True),
    Column("result", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),
    Column("asked_key", String(200)),
    Column("asked_digest", String(80)),
    PrimaryKeyConstraint("tenant", "id"),
)
Index("ix_operations_asked", operations.c.tenant, operations.c.actor, operations.c.asked_key, unique=True)
operation_events = Table(
    "operation_events",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    tenant(),
    Column("operation_id", String(64), nullable=False),
    moment("at"),
    Column("step", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("seconds", Float),
)
Index(
    "ix_operation_events_operation",
    operation_events.c.tenant,
    operation_events.c.operation_id,
    operation_events.c.seq,
)


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """What is kept of a step's event; `seconds` None while it runs."""

    operation_id: str
    step: str
    status: str
    detail: str
    seconds: float | None


Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """By what words an operation was asked for: the caller's own key, and the digest of the whole request."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an operation ended. `result` is JSON; `error` has code, message and hint, None for one that has no name."""

    status: str
    detail: str = ""
    result: Mapping[str, Any] | None = None
    error: Mapping[str, str] | None = None


def start(
    connection: Connection,
    ctx: RequestContext,
    operation_id: str,
    *,
    kind: str,
    subject: str,
    at: str,
    asked: Asked | None = None,
) -> None:
    """Keep a new, running operation."""
    row = {
        "tenant": ctx.tenant, "id": operation_id, "kind": kind, "subject": subject, "actor": ctx.actor, "door": ctx.door,
        "request_id": ctx.request_id, "status": "running", "detail": "", "started_at": at, "finished_at": None,
        "asked_key": asked and asked.key, "asked_digest": asked and asked.digest,
    }  # fmt: skip
    connection.execute(insert(operations).values(row))


def finish(connection: Connection, ctx: RequestContext, operation_id: str, ended: Ended, *, at: str) -> None:
    """Keep how an operation ended."""
    mine = (operations.c.tenant == ctx.tenant, operations.c.id == operation_id)
    connection.execute(update(operations).where(*mine).values(finished_at=at, **asdict(ended)))


def add_event(connection: Connection, ctx: RequestContext, event: StepRow, *, at: str) -> None:
    """Append one event of a step."""
    take_turn(connection, operation_events.name, ctx.tenant, event.operation_id)  # so that readers miss none
    connection.execute(insert(operation_events).values(tenant=ctx.tenant, at=at, **asdict(event)))


def one(connection: Connection, ctx: RequestContext, operation_id: str) -> Row | None:
    """An operation's row."""
    mine = (operations.c.tenant == ctx.tenant, operations.c.id == operation_id)
    return next(iter(_rows(connection, select(operations).where(*mine))), None)


def asked_before(connection: Connection, ctx: RequestContext, key: str) -> Row | None:
    """The operation that this actor asked for by this key."""
    mine = (operations.c.tenant == ctx.tenant, operations.c.actor == ctx.actor)
    rows = _rows(connection, select(operations).where(*mine, operations.c.asked_key == key))
    return next(iter(rows), None)


def page(
    connection: Connection, ctx: RequestContext, *, before: str | None, limit: int, **exactly: str | None
) -> list[Row]:
    """The newest operations older than `before` (an id), with exactly these values in the columns named."""
    wanted = [operations.c.tenant == ctx.tenant]
    wanted += [operations.c[name] == value for name, value in exactly.items() if value is not None]
    wanted += [operations.c.id < before] if before else []
    newest = select(operations).where(*wanted).order_by(operations.c.id.desc())
    return _rows(connection, newest.limit(limit))


def events_after(connection: Connection, ctx: RequestContext, operation_id: str, *, seq: int) -> list[Row]:
    """An operation's events behind one of them, in order; `seq` 0 gives all."""
    mine = (operation_events.c.tenant == ctx.tenant, operation_events.c.operation_id == operation_id)
    after = select(operation_events).where(*mine, operation_events.c.seq > seq)
    return _rows(connection, after.order_by(operation_events.c.seq))


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


class Operations:
    """Describes operations for provenance, to who `sees` those of an actor: what ran, for whom, how it ended, what it made."""

    def __init__(self, database: Database, sees: Callable[[RequestContext, str], bool]) -> None:
        self._database = database
        self._sees = sees

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """An operation and the steps it went through."""
        if not subject.startswith("opn_"):
            return None
        with self._database.read() as connection:
            row = connection.execute(
                select(operations).where(operations.c.tenant == ctx.tenant, operations.c.id == subject)
            ).first()
            if row is None or not self._sees(ctx, row.actor):
                return None
            mine = (operation_events.c.tenant == ctx.tenant, operation_events.c.operation_id == subject)
            steps = connection.execute(
                select(operation_events)
                .where(*mine, operation_events.c.status != "started")
                .order_by(operation_events.c.seq)
            ).all()
        says = f"{row.kind} of {row.subject} by {row.actor}: {row.status}" + (
            f" ({row.detail})" if row.detail else ""
        )
        return Description(
            node=Node(id=row.id, kind="operation", says=says),
            rests_on=tuple(_step(row.id, step) for step in steps),
        )


def _step(operation_id: str, row: object) -> Description:
    name, status, detail, seconds = (getattr(row, key) for key in ("step", "status", "detail", "seconds"))
    says = f"{name}: {status} in {seconds:.2f} s" + (f", {detail}" if detail else "")
    return Description(node=Node(id=f"{operation_id}/{name}", kind="step", says=says))
