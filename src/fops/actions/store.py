"""The tables of operations and their events (whose `seq` is the id of a progress stream), and their describer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    Text,
    case,
    delete,
    func,
    insert,
    null,
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
    Column("parameters", JSON(none_as_null=True)),
    Column("context", JSON(none_as_null=True)),
    Column("hop", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("cut", Integer, nullable=False, server_default="0"),
    Column("stopped_by", String(128)),
    PrimaryKeyConstraint("tenant", "id"),
)
Index("ix_operations_status", operations.c.status, operations.c.id)
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
class Later:
    """What a worker needs to carry an operation out: its parameters, and what of the caller no column holds."""

    parameters: Mapping[str, Any]
    context: Mapping[str, Any]


OPEN = ("queued", "running", "waiting")
"""The statuses of what has not ended."""
_AT_WORK = ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an operation ended. `result` is JSON; `error` has code, message and hint, None for one that has no name."""

    status: str
    detail: str = ""
    result: Mapping[str, Any] | None = None
    error: Mapping[str, str] | None = None


def start(  # noqa: PLR0913 - a row has this many columns to fill
    connection: Connection,
    ctx: RequestContext,
    operation_id: str,
    *,
    kind: str,
    subject: str,
    at: str,
    asked: Asked | None = None,
    later: Later | None = None,
) -> None:
    """Keep a new operation: running, or queued with what a worker needs."""
    row = {
        "tenant": ctx.tenant, "id": operation_id, "kind": kind, "subject": subject, "actor": ctx.actor, "door": ctx.door,
        "request_id": ctx.request_id, "status": "queued" if later else "running", "detail": "", "started_at": at, "finished_at": None,
        "asked_key": asked and asked.key, "asked_digest": asked and asked.digest, "hop": 1 if later else 0,
        "attempt": 0 if later else ctx.attempt, "parameters": later and dict(later.parameters), "context": later and dict(later.context),
    }  # fmt: skip
    connection.execute(insert(operations).values(row))


def finish(connection: Connection, ctx: RequestContext, operation_id: str, ended: Ended, *, at: str) -> bool:
    """Keep how an operation ended. False, and nothing kept, where another attempt has taken over or it ended before."""
    mine = (*_mine(ctx, operation_id), operations.c.attempt == ctx.attempt, operations.c.status == "running")
    return bool(
        connection.execute(update(operations).where(*mine).values(finished_at=at, **asdict(ended))).rowcount
    )


def _mine(ctx: RequestContext, operation_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return operations.c.tenant == ctx.tenant, operations.c.id == operation_id


def queued(connection: Connection, *, limit: int) -> list[tuple[str, int]]:
    """Operations of every tenant that wait for a worker, with the number of their hop, oldest first."""
    return _at_work(connection, ("queued",), limit)


def unended(connection: Connection, *, limit: int) -> list[tuple[str, int]]:
    """Those that wait for a worker or have one."""
    return _at_work(connection, _AT_WORK, limit)


def _at_work(connection: Connection, statuses: Sequence[str], limit: int) -> list[tuple[str, int]]:
    wanted = select(operations.c.id, operations.c.hop).where(
        operations.c.status.in_(statuses), operations.c.hop > 0
    )
    return [(row.id, row.hop) for row in connection.execute(wanted.order_by(operations.c.id).limit(limit))]


def take(connection: Connection, operation_id: str, hop: int) -> Row | None:
    """Begin the next attempt of a hop: its row as it is then, or None when it has ended or moved on.

    `cut` counts attempts that nobody ended: their worker died, or lost its lease.
    """
    mine = (operations.c.id == operation_id, operations.c.hop == hop, operations.c.status.in_(_AT_WORK))
    row = connection.execute(select(operations).where(*mine).with_for_update()).mappings().first()
    if row is None:
        return None
    new = {
        "status": "running",
        "attempt": row["attempt"] + 1,
        "cut": row["cut"] + (row["status"] == "running"),
    }
    connection.execute(update(operations).where(*mine).values(**new))
    return dict(row) | new


def again(connection: Connection, operation_id: str, hop: int) -> None:
    """Queue a hop anew under the next number, unless it has ended or moved on."""
    mine = (operations.c.id == operation_id, operations.c.hop == hop, operations.c.status.in_(_AT_WORK))
    cut = operations.c.cut + case((operations.c.status == "running", 1), else_=0)
    connection.execute(update(operations).where(*mine).values(hop=hop + 1, status="queued", cut=cut))


def hand_back(connection: Connection, ctx: RequestContext, operation_id: str) -> None:
    """Queue an operation anew whose worker stops in order: that is no attempt cut short."""
    mine = (*_mine(ctx, operation_id), operations.c.attempt == ctx.attempt, operations.c.status == "running")
    connection.execute(update(operations).where(*mine).values(hop=operations.c.hop + 1, status="queued"))


def wait_for(connection: Connection, ctx: RequestContext, operation_id: str, *, detail: str) -> bool:
    """Let an operation wait for a person. False where another attempt has taken over."""
    mine = (*_mine(ctx, operation_id), operations.c.attempt == ctx.attempt, operations.c.status == "running")
    return bool(
        connection.execute(update(operations).where(*mine).values(status="waiting", detail=detail)).rowcount
    )


def resume(connection: Connection, tenant_of: str, operation_id: str) -> None:
    """Queue the next hop of an operation that waits."""
    mine = (
        operations.c.tenant == tenant_of,
        operations.c.id == operation_id,
        operations.c.status == "waiting",
    )
    new = {"hop": operations.c.hop + 1, "status": "queued", "cut": 0, "detail": ""}
    connection.execute(update(operations).where(*mine).values(**new))


def stop(connection: Connection, ctx: RequestContext, operation_id: str, *, at: str) -> Row | None:
    """Have an operation stopped: at once where nobody works on it, else at its next good moment. Its row then."""
    at_rest = (*_mine(ctx, operation_id), operations.c.status.in_(("queued", "waiting")))
    by = {"stopped_by": ctx.actor}
    ended = {"status": "cancelled", "finished_at": at, "detail": f"cancelled by {ctx.actor}"}
    if not connection.execute(update(operations).where(*at_rest).values(**by, **ended)).rowcount:
        at_work = (*_mine(ctx, operation_id), operations.c.status == "running")
        connection.execute(update(operations).where(*at_work).values(**by))
    return one(connection, ctx, operation_id)


def count_open(connection: Connection, *statuses: str) -> int:
    """How many operations of every tenant wait for a worker or have one; of these statuses, where any is named."""
    wanted = (operations.c.status.in_(statuses or _AT_WORK), operations.c.hop > 0)
    return connection.execute(select(func.count()).select_from(operations).where(*wanted)).scalar_one()


def cut_step(connection: Connection, ctx: RequestContext, operation_id: str) -> str | None:
    """The step that was begun last and never ended."""
    events = events_after(connection, ctx, operation_id, seq=0)
    return events[-1]["step"] if events and events[-1]["status"] == "started" else None


def thin_out(connection: Connection, *, before: str, limit: int) -> int:
    """Drop parameters, result and events of operations that ended before a time; returns how many."""
    told = operations.c.id.in_(select(operation_events.c.operation_id))
    full = operations.c.context.is_not(None) | operations.c.result.is_not(None) | told
    old = (operations.c.finished_at < before, full)
    ids = list(connection.execute(select(operations.c.id).where(*old).limit(limit)).scalars())
    connection.execute(delete(operation_events).where(operation_events.c.operation_id.in_(ids)))
    nothing = {"parameters": null(), "context": null(), "result": null()}
    connection.execute(update(operations).where(operations.c.id.in_(ids)).values(**nothing))
    return len(ids)


def give_up_on(connection: Connection, *, begun_before: str, at: str) -> None:
    """End operations that ran in the process of a command, which ended without a word long ago."""
    left = (operations.c.status == "running", operations.c.hop == 0, operations.c.started_at < begun_before)
    ended = {"status": "failed", "detail": "its process ended without a word", "finished_at": at}
    connection.execute(update(operations).where(*left).values(**ended))


def add_event(connection: Connection, ctx: RequestContext, event: StepRow, *, at: str) -> None:
    """Append one event of a step."""
    take_turn(connection, operation_events.name, ctx.tenant, event.operation_id)  # so that readers miss none
    connection.execute(insert(operation_events).values(tenant=ctx.tenant, at=at, **asdict(event)))


def one(connection: Connection, ctx: RequestContext, operation_id: str) -> Row | None:
    """An operation's row."""
    mine = (operations.c.tenant == ctx.tenant, operations.c.id == operation_id)
    return next(iter(_rows(connection, select(operations).where(*mine))), None)


def by_id(connection: Connection, operation_id: str) -> Row | None:
    """An operation's row, whosever it is: for workers, never for callers."""
    return next(iter(_rows(connection, select(operations).where(operations.c.id == operation_id))), None)


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
