"""The outbox: events are written in the transaction of what they tell of, and read in order of `seq`."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Connection, Integer, String, Table, insert, select

from fops.events.model import Event
from fops.kernel.context import RequestContext
from fops.storage.schema import METADATA, moment, tenant
from fops.storage.turns import take_turn

events = Table(
    "events",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    tenant(),
    moment("at"),
    Column("kind", String(64), nullable=False, index=True),
    Column("subject", String(64), nullable=False),
    Column("data", JSON, nullable=False),
)


def publish(connection: Connection, ctx: RequestContext, event: Event, *, at: str) -> None:
    """Put an event into the outbox, in the caller's transaction."""
    row = {
        "tenant": ctx.tenant,
        "at": at,
        "kind": event.kind,
        "subject": event.subject,
        "data": dict(event.data),
    }
    take_turn(connection, events.name, ctx.tenant)  # so that readers miss none
    connection.execute(insert(events).values(row))


def since(connection: Connection, ctx: RequestContext, seq: int) -> list[tuple[int, Event]]:
    """The tenant's events after `seq`, in order."""
    rows = connection.execute(
        select(events).where(events.c.tenant == ctx.tenant, events.c.seq > seq).order_by(events.c.seq)
    )
    return [(row.seq, Event(kind=row.kind, subject=row.subject, data=row.data)) for row in rows]
