"""People, what they may do, and the credentials by which they are known."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False, server_default="default")


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return _text(name, 27, nullable=nullable)


def _of(table: str, column: str, other: str = "principals.actor") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        [f"{other.split('.', maxsplit=1)[0]}.tenant", other],
        name=f"fk_{table}_tenant_{column}",
    )


def upgrade() -> None:
    """Accounts, grants, invitations, sessions, tokens, failures."""
    op.create_table(
        "principals", _tenant(), _text("actor", 128), _text("password", nullable=True), _at("password_at", nullable=True),
        _at("added_at"), _text("added_by", 128), _at("disabled_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "actor", name="pk_principals"),
    )  # fmt: skip
    op.create_table(
        "grants", _tenant(), _text("subject", 128), _text("role", 16), _text("team", 63), _text("service", 63), _text("environment", 63),
        _text("granted_by", 128), _at("granted_at"),
        sa.PrimaryKeyConstraint("tenant", "subject", "team", "service", "environment", name="pk_grants"), _of("grants", "subject"),
    )  # fmt: skip
    op.create_table(
        "invitations", _tenant(), _text("hash", 80), _text("actor", 128), _text("issued_by", 128), _at("issued_at"), _at("expires_at"),
        _at("used_at", nullable=True), sa.PrimaryKeyConstraint("tenant", "hash", name="pk_invitations"),
    )  # fmt: skip
    op.create_index("ix_invitations_actor", "invitations", ["tenant", "actor"])
    op.create_table(
        "sessions", _tenant(), _text("id", 64), _text("actor", 128), _text("address", 64), _text("client"), _at("opened_at"), _at("used_at"),
        _at("expires_at"), _at("ended_at", nullable=True), _text("ended_for", 64, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_sessions"), _of("sessions", "actor"),
    )  # fmt: skip
    op.create_index("ix_sessions_actor", "sessions", ["tenant", "actor", "address"])
    op.create_table(
        "refresh_tokens", _tenant(), _text("hash", 80), _text("session", 64), _at("issued_at"), _at("expires_at"), _at("used_at", nullable=True),
        _text("used_by", 80, nullable=True), sa.PrimaryKeyConstraint("tenant", "hash", name="pk_refresh_tokens"),
        _of("refresh_tokens", "session", "sessions.id"),
    )  # fmt: skip
    op.create_index("ix_refresh_tokens_session", "refresh_tokens", ["tenant", "session"])
    op.create_table(
        "access_tokens", _tenant(), _text("id", 64), _text("hash", 80), _text("actor", 128), _text("name", 100), _text("role", 16),
        _text("team", 63, nullable=True), _text("service", 63, nullable=True), _text("environment", 63, nullable=True), _text("created_by", 128),
        _at("created_at"), _at("expires_at"), _at("used_at", nullable=True), _at("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_access_tokens"), _of("access_tokens", "actor"),
    )  # fmt: skip
    op.create_index("ix_access_tokens_hash", "access_tokens", ["hash"], unique=True)
    op.create_index("ix_access_tokens_actor", "access_tokens", ["tenant", "actor"])
    op.create_table(
        "sign_in_failures", _tenant(), _text("key", 200), sa.Column("count", sa.Integer, nullable=False), _at("last_at"),
        _at("blocked_until", nullable=True), sa.PrimaryKeyConstraint("tenant", "key", name="pk_sign_in_failures"),
    )  # fmt: skip
