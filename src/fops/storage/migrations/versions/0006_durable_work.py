"""What a worker needs to carry an operation out, and the rows of leases, workers, schedules and waits."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False, server_default="default")


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def upgrade() -> None:
    """Operations that ran before have no hop: nobody takes them up."""
    for column in (
        sa.Column("parameters", sa.JSON, nullable=True),
        sa.Column("context", sa.JSON, nullable=True),
        sa.Column("hop", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="1"),
        sa.Column("cut", sa.Integer, nullable=False, server_default="0"),
        sa.Column("stopped_by", sa.String(128), nullable=True),
    ):
        op.add_column("operations", column)
    op.create_index("ix_operations_status", "operations", ["status", "id"])
    op.create_table(
        "leases", _tenant(), _text("name", 64), sa.Column("token", sa.BigInteger, nullable=False), _text("owner", 128),
        sa.Column("proven", sa.Boolean, nullable=False), _text("taken_at", 27), _text("expires_at", 27),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_leases"),
    )  # fmt: skip
    op.create_table(
        "workers", _tenant(), _text("id", 128), sa.Column("concurrency", sa.Integer, nullable=False), _text("started_at", 27),
        _text("seen_at", 27), _text("expires_at", 27), sa.PrimaryKeyConstraint("tenant", "id", name="pk_workers"),
    )  # fmt: skip
    op.create_table(
        "schedules", _tenant(), _text("name", 64), _text("last_run", 27),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_schedules"),
    )  # fmt: skip
    op.create_table(
        "waits", _tenant(), _text("id", 64), _text("operation_id", 64), _text("kind", 64), _text("subject", 80),
        sa.Column("carry", sa.JSON, nullable=False), _text("asked_at", 27), _text("expires_at", 27),
        sa.Column("answer", sa.Text, nullable=True), _text("answered_by", 128, nullable=True), _text("answered_at", 27, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_waits"),
    )  # fmt: skip
    op.create_index("ix_waits_operation", "waits", ["tenant", "operation_id"])
