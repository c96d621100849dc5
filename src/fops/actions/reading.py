"""What can be read of this room and of those below it that know no doors: operations, the trail, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic import AwareDatetime, Field

from fops.actions import store
from fops.actions.gate import Authorise
from fops.actions.model import Action, Effect, Parameters
from fops.actions.operations import Json
from fops.audit import AuditEntry, AuditLog
from fops.audit.line import as_line
from fops.auth import EVERYWHERE
from fops.auth.permissions import SIGNED_IN
from fops.kernel.clock import parse
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound, UsageError
from fops.provenance import Explainer
from fops.storage.database import Database

MOST = 1000  # of one page: some hundred kilobytes


class OperationsPage(Parameters):
    """`operations.list`: newest first; `cursor` is the one of the page before."""

    kind: str | None = None
    status: str | None = None
    actor: str | None = None
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=MOST)


class OneOf(Parameters):
    """What is named by its id."""

    id: str


class AuditPage(Parameters):
    """`audit.list`: oldest first, since <= time < until; `cursor` is the one of the page before."""

    since: AwareDatetime | None = Field(default=None, strict=False)
    until: AwareDatetime | None = Field(default=None, strict=False)
    action: str | None = None
    actor: str | None = None
    target: str | None = None
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=MOST)


class Nothing(Parameters):
    """No parameters."""


class Subject(Parameters):
    """`why`: an id, or `FILE:LINE` of a generated file."""

    subject: str


def reads(
    database: Database, audit: AuditLog, explainer: Explainer, authorise: Authorise
) -> tuple[Action, ...]:
    """The read actions over these. Operations are seen by who asked for them, and by who may read all of them."""
    return (
        _read("operations.list", "operations, newest first", OperationsPage,
              lambda ctx, asked: _operations(database, ctx, asked, authorise), permission=SIGNED_IN),
        _read("operations.show", "one operation with its result", OneOf,
              lambda ctx, asked: operation(database, ctx, asked.id, authorise), permission=SIGNED_IN),
        _read("audit.list", "entries of the audit trail", AuditPage, lambda ctx, asked: _entries(audit, ctx, asked)),
        _read("audit.show", "one entry of the audit trail", OneOf, lambda ctx, asked: _entry(audit, ctx, asked.id)),
        _read("audit.verify", "whether the trail is whole", Nothing, lambda _ctx, _asked: asdict(audit.verify())),
        _read("why", "what something rests on", Subject, lambda ctx, asked: explainer.explain(ctx, asked.subject).as_json()),
    )  # fmt: skip


def _read(
    name: str, summary: str, parameters: type[Parameters], perform: Any, *, permission: str | None = None
) -> Action:
    return Action(
        name=name, summary=summary, effect=Effect.READ, permission=permission or f"{name.partition('.')[0]}.read",
        parameters=parameters, perform=perform, idempotent=True,
    )  # fmt: skip


def sees_operation(authorise: Authorise, ctx: RequestContext, actor: str) -> bool:
    """Whether an operation that `actor` asked for may be seen: it is one's own, or one may read all."""
    return actor == ctx.actor or authorise(ctx, "operations.read", EVERYWHERE)


def _operations(database: Database, ctx: RequestContext, asked: OperationsPage, authorise: Authorise) -> Json:
    wanted = asked.actor if authorise(ctx, "operations.read", EVERYWHERE) else ctx.actor
    if asked.actor not in {None, wanted}:
        return {"operations": [], "cursor": None}
    with database.read() as connection:
        rows = store.page(
            connection, ctx, before=asked.cursor, limit=asked.limit + 1,
            kind=asked.kind, status=asked.status, actor=wanted,
        )  # fmt: skip
    shown = [_without_result(row) for row in rows[: asked.limit]]
    return {"operations": shown, "cursor": shown[-1]["id"] if len(rows) > asked.limit else None}


def operation(database: Database, ctx: RequestContext, operation_id: str, authorise: Authorise) -> Json:
    """One operation as JSON. Raises NotFound, also for one that the actor may not see."""
    with database.read() as connection:
        row = store.one(connection, ctx, operation_id)
    if row is None or not sees_operation(authorise, ctx, row["actor"]):
        raise NotFound(f"no operation {operation_id!r}", hint="the list of operations shows the newest")
    return _without_result(row) | {"result": row["result"]}


def _without_result(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "kind", "subject", "actor", "door", "request_id", "status", "detail",
                                         "error", "attempt", "started_at", "finished_at")}  # fmt: skip


def _entries(audit: AuditLog, ctx: RequestContext, asked: AuditPage) -> Json:
    after, since = _cursor(asked.cursor) if asked.cursor else (0, asked.since)
    found = audit.query(
        since=since, until=asked.until, action=asked.action, actor=asked.actor, target=asked.target
    )
    page = list(islice(_of(ctx, found, after), asked.limit + 1))
    last = page[asked.limit - 1] if len(page) > asked.limit else None
    return {
        "entries": [as_line(entry) for entry in page[: asked.limit]],
        "cursor": f"{last.seq}@{last.timestamp}" if last else None,
    }


def _of(ctx: RequestContext, entries: Iterator[AuditEntry], after: int) -> Iterator[AuditEntry]:
    return (entry for entry in entries if entry.tenant == ctx.tenant and entry.seq > after)


def _cursor(text: str) -> tuple[int, datetime]:
    seq, _, timestamp = text.partition("@")
    try:
        return int(seq), parse(timestamp)
    except ValueError as error:
        raise UsageError(f"{text!r} is no cursor", hint="take the one of the page before") from error


def _entry(audit: AuditLog, ctx: RequestContext, identifier: str) -> Json:
    entry = audit.show(identifier)
    if entry.tenant != ctx.tenant:
        raise NotFound(f"no audit entry {identifier!r}")
    return as_line(entry)
