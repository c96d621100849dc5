"""What an operation gave, how it failed, and by which key it was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Columns that older programs leave empty."""
    for column in (
        sa.Column("result", sa.JSON, nullable=True),
        sa.Column("error", sa.JSON, nullable=True),
        sa.Column("asked_key", sa.String(200), nullable=True),
        sa.Column("asked_digest", sa.String(80), nullable=True),
    ):
        op.add_column("operations", column)
    op.create_index("ix_operations_asked", "operations", ["tenant", "actor", "asked_key"], unique=True)
