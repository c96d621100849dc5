"""People, what they may do, and the credentials by which they are known. Only hashes of tokens are kept."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from fops.storage.schema import METADATA, moment, tenant

_ACTOR, _HASH, _NAME = 128, 80, 63

principals = Table(
    "principals",
    METADATA,
    tenant(),
    Column("actor", String(_ACTOR), nullable=False),
    Column("password", Text),
    moment("password_at", nullable=True),
    moment("added_at"),
    Column("added_by", String(_ACTOR), nullable=False),
    moment("disabled_at", nullable=True),
    PrimaryKeyConstraint("tenant", "actor"),
)

# What a scope leaves open is the empty text here: both databases then see that two grants are the same.
grants = Table(
    "grants",
    METADATA,
    tenant(),
    Column("subject", String(_ACTOR), nullable=False),
    Column("role", String(16), nullable=False),
    Column("team", String(_NAME), nullable=False),
    Column("service", String(_NAME), nullable=False),
    Column("environment", String(_NAME), nullable=False),
    Column("granted_by", String(_ACTOR), nullable=False),
    moment("granted_at"),
    PrimaryKeyConstraint("tenant", "subject", "team", "service", "environment"),
    ForeignKeyConstraint(["tenant", "subject"], ["principals.tenant", "principals.actor"]),
)

invitations = Table(
    "invitations",
    METADATA,
    tenant(),
    Column("hash", String(_HASH), nullable=False),
    Column("actor", String(_ACTOR), nullable=False),
    Column("issued_by", String(_ACTOR), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("tenant", "hash"),
)
Index("ix_invitations_actor", invitations.c.tenant, invitations.c.actor)

sessions = Table(
    "sessions",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("actor", String(_ACTOR), nullable=False),
    Column("address", String(64), nullable=False),
    Column("client", Text, nullable=False),
    moment("opened_at"),
    moment("used_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    Column("ended_for", String(64)),
    PrimaryKeyConstraint("tenant", "id"),
    ForeignKeyConstraint(["tenant", "actor"], ["principals.tenant", "principals.actor"]),
)
Index("ix_sessions_actor", sessions.c.tenant, sessions.c.actor, sessions.c.address)

refresh_tokens = Table(
    "refresh_tokens",
    METADATA,
    tenant(),
    Column("hash", String(_HASH), nullable=False),
    Column("session", String(64), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    Column("used_by", String(_HASH)),
    PrimaryKeyConstraint("tenant", "hash"),
    ForeignKeyConstraint(["tenant", "session"], ["sessions.tenant", "sessions.id"]),
)
Index("ix_refresh_tokens_session", refresh_tokens.c.tenant, refresh_tokens.c.session)

access_tokens = Table(
    "access_tokens",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("hash", String(_HASH), nullable=False),
    Column("actor", String(_ACTOR), nullable=False),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("team", String(_NAME)),
    Column("service", String(_NAME)),
    Column("environment", String(_NAME)),
    Column("created_by", String(_ACTOR), nullable=False),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    moment("revoked_at", nullable=True),
    PrimaryKeyConstraint("tenant", "id"),
    ForeignKeyConstraint(["tenant", "actor"], ["principals.tenant", "principals.actor"]),
)
Index("ix_access_tokens_hash", access_tokens.c.hash, unique=True)
Index("ix_access_tokens_actor", access_tokens.c.tenant, access_tokens.c.actor)

sign_in_failures = Table(
    "sign_in_failures",
    METADATA,
    tenant(),
    Column("key", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    moment("last_at"),
    moment("blocked_until", nullable=True),
    PrimaryKeyConstraint("tenant", "key"),
)
