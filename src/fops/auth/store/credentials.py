"""Queries on sessions, refresh tokens, personal tokens, and on failed attempts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from fops.auth.store.tables import access_tokens, refresh_tokens, sessions, sign_in_failures
from fops.kernel.context import RequestContext

Row = dict[str, Any]


def open_session(connection: Connection, ctx: RequestContext, **columns: str) -> None:
    """Keep a new session: id, actor, address, client, opened_at, used_at, expires_at."""
    connection.execute(insert(sessions).values(tenant=ctx.tenant, **columns))


def session(connection: Connection, ctx: RequestContext, identifier: str) -> Row | None:
    """A session's row."""
    return _first(connection, ctx, sessions, id=identifier)


def sessions_of(connection: Connection, ctx: RequestContext, actor: str, *, at: str) -> list[Row]:
    """The sessions of an actor that still count, newest first."""
    alive = (*_is(ctx, sessions, actor=actor), sessions.c.ended_at.is_(None), sessions.c.expires_at > at)
    found = connection.execute(select(sessions).where(*alive).order_by(sessions.c.id.desc()))
    return [dict(row) for row in found.mappings()]


def touch_session(connection: Connection, ctx: RequestContext, identifier: str, *, at: str) -> None:
    """Keep when a session was last refreshed."""
    connection.execute(update(sessions).where(*_is(ctx, sessions, id=identifier)).values(used_at=at))


def end_sessions(connection: Connection, ctx: RequestContext, *, at: str, why: str, **exactly: str) -> int:
    """End the sessions with these values; how many there were."""
    alive = (*_is(ctx, sessions, **exactly), sessions.c.ended_at.is_(None))
    return int(connection.execute(update(sessions).where(*alive).values(ended_at=at, ended_for=why)).rowcount)


def knows_address(
    connection: Connection, ctx: RequestContext, actor: str, address: str, *, since: str
) -> bool:
    """Whether an actor opened a session from an address since then."""
    from_there = (*_is(ctx, sessions, actor=actor, address=address), sessions.c.opened_at > since)
    return bool(connection.execute(select(exists().where(*from_there))).scalar())


def add_refresh(
    connection: Connection, ctx: RequestContext, hashed: str, session_id: str, *, at: str, until: str
) -> None:
    """Keep a refresh token of a session."""
    row = {"tenant": ctx.tenant, "hash": hashed, "session": session_id, "issued_at": at, "expires_at": until}
    connection.execute(insert(refresh_tokens).values(row))


def refresh(connection: Connection, ctx: RequestContext, hashed: str) -> Row | None:
    """A refresh token's row."""
    return _first(connection, ctx, refresh_tokens, hash=hashed)


def use_refresh(connection: Connection, ctx: RequestContext, hashed: str, *, at: str, by: str) -> bool:
    """Whether this use of a refresh token is the first; of two at once one is, and the other waits to learn it."""
    unused = (*_is(ctx, refresh_tokens, hash=hashed), refresh_tokens.c.used_at.is_(None))
    return bool(
        connection.execute(update(refresh_tokens).where(*unused).values(used_at=at, used_by=by)).rowcount
    )


def drop_refresh(connection: Connection, ctx: RequestContext, *, before: str) -> None:
    """Drop the refresh tokens that expired before then."""
    mine = refresh_tokens.c.tenant == ctx.tenant
    connection.execute(delete(refresh_tokens).where(mine, refresh_tokens.c.expires_at < before))


def add_token(connection: Connection, ctx: RequestContext, **columns: str | None) -> None:
    """Keep a personal token."""
    connection.execute(insert(access_tokens).values(tenant=ctx.tenant, **columns))


def token(connection: Connection, ctx: RequestContext, **exactly: str) -> Row | None:
    """The personal token with these values."""
    return _first(connection, ctx, access_tokens, **exactly)


def tokens(connection: Connection, ctx: RequestContext, actor: str | None) -> list[Row]:
    """All personal tokens, or those of one actor, newest first, without their hashes."""
    shown = [column for column in access_tokens.c if column.name not in {"tenant", "hash"}]
    wanted = {} if actor is None else {"actor": actor}
    query = select(*shown).where(*_is(ctx, access_tokens, **wanted)).order_by(access_tokens.c.id.desc())
    return [dict(row) for row in connection.execute(query).mappings()]


def touch_token(connection: Connection, ctx: RequestContext, identifier: str, *, at: str) -> None:
    """Keep when a personal token was last used."""
    connection.execute(
        update(access_tokens).where(*_is(ctx, access_tokens, id=identifier)).values(used_at=at)
    )


def revoke_tokens(connection: Connection, ctx: RequestContext, *, at: str, **exactly: str) -> int:
    """Revoke the personal tokens with these values; how many there were."""
    alive = (*_is(ctx, access_tokens, **exactly), access_tokens.c.revoked_at.is_(None))
    return int(connection.execute(update(access_tokens).where(*alive).values(revoked_at=at)).rowcount)


def failures(connection: Connection, ctx: RequestContext, key: str) -> Row | None:
    """What is counted under a key."""
    return _first(connection, ctx, sign_in_failures, key=key)


def count_failure(connection: Connection, ctx: RequestContext, key: str, *, at: str, stale: str) -> int:
    """One more under a key, which begins anew when the last was before `stale`; how many there are now."""
    table = sign_in_failures
    mine = _is(ctx, table, key=key)
    more = case((table.c.last_at < stale, 1), else_=table.c.count + 1)
    counted = update(table).where(*mine).values(count=more, last_at=at)
    if not connection.execute(counted).rowcount:
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(tenant=ctx.tenant, key=key, count=1, last_at=at))
        except IntegrityError:  # somebody else's first failure under the same key came between
            connection.execute(counted)
    return int(connection.execute(select(table.c.count).where(*mine)).scalar_one())


def block(connection: Connection, ctx: RequestContext, key: str, *, until: str) -> None:
    """Refuse attempts under a key until then."""
    connection.execute(
        update(sign_in_failures).where(*_is(ctx, sign_in_failures, key=key)).values(blocked_until=until)
    )


def forget_failures(connection: Connection, ctx: RequestContext, *, key: str) -> None:
    """Begin to count anew."""
    connection.execute(delete(sign_in_failures).where(*_is(ctx, sign_in_failures, key=key)))


def drop_failures(connection: Connection, ctx: RequestContext, *, before: str) -> None:
    """Drop the counts that nothing was added to since then."""
    mine = sign_in_failures.c.tenant == ctx.tenant
    connection.execute(delete(sign_in_failures).where(mine, sign_in_failures.c.last_at < before))


def _first(connection: Connection, ctx: RequestContext, table: Table, **exactly: str) -> Row | None:
    found = connection.execute(select(table).where(*_is(ctx, table, **exactly))).mappings().first()
    return None if found is None else dict(found)


def _is(ctx: RequestContext, table: Table, **exactly: str) -> list[ColumnElement[bool]]:
    return [table.c.tenant == ctx.tenant, *(table.c[name] == value for name, value in exactly.items())]
