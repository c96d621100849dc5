"""The tables of operations and their events (whose `seq` is the id of a progress stream), and their describer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
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
    PrimaryKeyConstraint("tenant", "id"),
)
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


def start(
    connection: Connection, ctx: RequestContext, operation_id: str, *, kind: str, subject: str, at: str
) -> None:
    """Keep a new, running operation."""
    row = {
        "tenant": ctx.tenant, "id": operation_id, "kind": kind, "subject": subject, "actor": ctx.actor, "door": ctx.door,
        "request_id": ctx.request_id, "status": "running", "detail": "", "started_at": at, "finished_at": None,
    }  # fmt: skip
    connection.execute(insert(operations).values(row))


def finish(
    connection: Connection, ctx: RequestContext, operation_id: str, *, status: str, detail: str, at: str
) -> None:
    """Keep how an operation ended."""
    mine = (operations.c.tenant == ctx.tenant, operations.c.id == operation_id)
    connection.execute(update(operations).where(*mine).values(status=status, detail=detail, finished_at=at))


def add_event(connection: Connection, ctx: RequestContext, event: StepRow, *, at: str) -> None:
    """Append one event of a step."""
    connection.execute(insert(operation_events).values(tenant=ctx.tenant, at=at, **asdict(event)))


class Operations:
    """Describes operations for provenance: what ran, for whom, how it ended, what it made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """An operation and the steps it went through."""
        if not subject.startswith("opn_"):
            return None
        with self._database.read() as connection:
            row = connection.execute(
                select(operations).where(operations.c.tenant == ctx.tenant, operations.c.id == subject)
            ).first()
            if row is None:
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
