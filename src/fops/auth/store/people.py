"""Queries on people, grants and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, select, update

from fops.auth.model import Ceiling, Grant, Role, Scope, Standing
from fops.auth.store.tables import access_tokens, grants, invitations, principals, sessions
from fops.kernel.context import RequestContext

Row = dict[str, Any]


def add(connection: Connection, ctx: RequestContext, actor: str, *, at: str) -> None:
    """Keep a new account."""
    row = {"tenant": ctx.tenant, "actor": actor, "added_at": at, "added_by": ctx.actor}
    connection.execute(insert(principals).values(row))


def one(connection: Connection, ctx: RequestContext, actor: str) -> Row | None:
    """An account's row."""
    found = (
        connection.execute(select(principals).where(*_is(ctx, principals, actor=actor))).mappings().first()
    )
    return None if found is None else dict(found)


def every(connection: Connection, ctx: RequestContext) -> list[Row]:
    """All accounts, by name, without their passwords' hashes."""
    shown = [column for column in principals.c if column.name not in {"tenant", "password"}]
    query = select(*shown).where(principals.c.tenant == ctx.tenant).order_by(principals.c.actor)
    return [dict(row) for row in connection.execute(query).mappings()]


def count(connection: Connection, ctx: RequestContext) -> int:
    """How many people there are, service accounts apart."""
    mine = (principals.c.tenant == ctx.tenant, principals.c.actor.startswith("user:", autoescape=True))
    return int(connection.execute(select(func.count()).select_from(principals).where(*mine)).scalar_one())


def change(connection: Connection, ctx: RequestContext, actor: str, **values: str | None) -> bool:
    """Write some columns of an account; whether there is one."""
    done = connection.execute(update(principals).where(*_is(ctx, principals, actor=actor)).values(**values))
    return bool(done.rowcount)


def grant(connection: Connection, ctx: RequestContext, one: Grant, *, at: str) -> None:
    """Keep a grant in place of the one that its subject had on the same scope."""
    revoke(connection, ctx, one.subject, one.scope)
    row = {
        "subject": one.subject,
        "role": one.role.value,
        "granted_by": ctx.actor,
        "granted_at": at,
        "tenant": ctx.tenant,
    }
    connection.execute(insert(grants).values(row | _columns(one.scope)))


def revoke(connection: Connection, ctx: RequestContext, subject: str, scope: Scope) -> bool:
    """Drop the grant of a subject on exactly this scope; whether there was one."""
    done = connection.execute(delete(grants).where(*_is(ctx, grants, subject=subject, **_columns(scope))))
    return bool(done.rowcount)


def granted(connection: Connection, ctx: RequestContext, subject: str | None = None) -> list[Row]:
    """All grants, or those of one subject, as rows with None for what a scope leaves open."""
    wanted = {} if subject is None else {"subject": subject}
    query = select(grants).where(*_is(ctx, grants, **wanted))
    ordered = query.order_by(grants.c.subject, grants.c.team, grants.c.service, grants.c.environment)
    return [_opened(dict(row)) for row in connection.execute(ordered).mappings()]


def admins(connection: Connection, ctx: RequestContext) -> list[str]:
    """Who is admin everywhere and not disabled; held until the transaction ends, so that two cannot drop each other."""
    wanted = _is(ctx, grants, role=Role.ADMIN.value, **_columns(Scope()))
    held = connection.execute(select(grants.c.subject).where(*wanted).with_for_update()).scalars().all()
    able = select(principals.c.actor).where(
        principals.c.tenant == ctx.tenant, principals.c.disabled_at.is_(None), principals.c.actor.in_(held)
    )
    return list(connection.execute(able).scalars())


def invite(
    connection: Connection, ctx: RequestContext, hashed: str, actor: str, *, at: str, until: str
) -> None:
    """Keep an invitation in place of all that stood open for the same actor."""
    stale = (*_is(ctx, invitations, actor=actor), invitations.c.used_at.is_(None))
    connection.execute(delete(invitations).where(*stale))
    row = {
        "tenant": ctx.tenant,
        "hash": hashed,
        "actor": actor,
        "issued_by": ctx.actor,
        "issued_at": at,
        "expires_at": until,
    }
    connection.execute(insert(invitations).values(row))


def invited(connection: Connection, ctx: RequestContext, hashed: str, *, at: str) -> str | None:
    """The actor of an invitation that still counts."""
    open_still = (
        *_is(ctx, invitations, hash=hashed),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > at,
    )
    return connection.execute(select(invitations.c.actor).where(*open_still)).scalar()


def use_invitation(connection: Connection, ctx: RequestContext, hashed: str, *, at: str) -> bool:
    """Whether this use of an open invitation is the first."""
    open_still = (
        *_is(ctx, invitations, hash=hashed),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > at,
    )
    return bool(connection.execute(update(invitations).where(*open_still).values(used_at=at)).rowcount)


def standing(connection: Connection, ctx: RequestContext, *, at: str) -> Standing:
    """What an actor may do by a credential, in one query."""
    kept = access_tokens if (ctx.credential or "").startswith("pat_") else sessions
    ended = kept.c.revoked_at if kept is access_tokens else kept.c.ended_at
    bounds = [
        kept.c[name].label(f"at_most_{name}")
        for name in ("role", "team", "service", "environment")
        if name in kept.c
    ]
    query = (
        select(principals.c.disabled_at, kept.c.id.label("credential"), ended.label("ended"), kept.c.expires_at, *bounds,
               grants.c.role, grants.c.team, grants.c.service, grants.c.environment)
        .select_from(
            principals.outerjoin(grants, and_(grants.c.tenant == principals.c.tenant, grants.c.subject == principals.c.actor))
            .outerjoin(kept, and_(kept.c.tenant == principals.c.tenant, kept.c.actor == principals.c.actor,
                                  kept.c.id == ctx.credential))
        )
        .where(*_is(ctx, principals, actor=ctx.actor))
    )  # fmt: skip
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return _standing(ctx, rows, at, session=kept is sessions)


def _standing(ctx: RequestContext, rows: Sequence[Row], at: str, *, session: bool) -> Standing:
    if not rows or rows[0]["disabled_at"] or not _counts(ctx, rows[0], at, session=session):
        return Standing(alive=False)
    found = tuple(
        Grant(subject=ctx.actor, role=Role(row["role"]), scope=_scope(row)) for row in rows if row["role"]
    )
    first = rows[0]
    if first.get("at_most_role") is None:
        return Standing(alive=True, grants=found)
    bound = {name: first[f"at_most_{name}"] for name in ("team", "service", "environment")}
    return Standing(
        alive=True, grants=found, ceiling=Ceiling(role=Role(first["at_most_role"]), scope=Scope(**bound))
    )


def _counts(ctx: RequestContext, row: Row, at: str, *, session: bool) -> bool:
    """Whether the credential counts. Work that a token began goes on when the token expires, but not when it is revoked."""
    if ctx.credential is None:
        return True
    return row["credential"] is not None and not row["ended"] and (not session or row["expires_at"] > at)


def _scope(row: Row) -> Scope:
    return Scope(
        team=row["team"] or None, service=row["service"] or None, environment=row["environment"] or None
    )


def _columns(scope: Scope) -> dict[str, str]:
    return {"team": scope.team or "", "service": scope.service or "", "environment": scope.environment or ""}


def _opened(row: Row) -> Row:
    del row["tenant"]
    return row | {name: row[name] or None for name in ("team", "service", "environment")}


def _is(ctx: RequestContext, table: Table, **exactly: str) -> list[ColumnElement[bool]]:
    return [table.c.tenant == ctx.tenant, *(table.c[name] == value for name, value in exactly.items())]
