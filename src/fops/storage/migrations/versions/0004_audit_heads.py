"""Ends of audit chains, kept outside of the trail's folder."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "audit_heads",
        sa.Column("tenant", sa.String(64), nullable=False, server_default="default"),
        sa.Column("chain", sa.String(128), nullable=False), sa.Column("folder", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False), sa.Column("hash", sa.String(80), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "chain", "folder", "seq", name="pk_audit_heads"),
    )  # fmt: skip
