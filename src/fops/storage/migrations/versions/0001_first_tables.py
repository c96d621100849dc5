"""The first tables. Written by hand from the rooms' stores; a test compares both."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False, server_default="default")


def _seq() -> sa.Column[int]:
    return sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False
    )


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Operations with their events, the outbox, provenance and proposals."""
    op.create_table(
        "operations", _tenant(), _text("id", 64), _text("kind", 64), _text("subject"), _text("actor", 128), _text("door", 16),
        _text("request_id", 64), _text("status", 16), _text("detail"), _text("started_at", 27), _text("finished_at", 27, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_operations"),
    )  # fmt: skip
    op.create_table(
        "operation_events", _seq(), _tenant(), _text("operation_id", 64), _text("at", 27), _text("step", 64), _text("status", 16),
        _text("detail"), sa.Column("seconds", sa.Float), sa.PrimaryKeyConstraint("seq", name="pk_operation_events"),
    )  # fmt: skip
    op.create_index("ix_operation_events_operation", "operation_events", ["tenant", "operation_id", "seq"])
    op.create_table(
        "events", _seq(), _tenant(), _text("at", 27), _text("kind", 64), _text("subject", 64), sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )  # fmt: skip
    op.create_index("ix_events_kind", "events", ["kind"])
    op.create_table(
        "provenance_nodes", _tenant(), _text("id", 96), _text("kind", 32), _text("says"), _text("file", nullable=True),
        sa.Column("line", sa.Integer), _text("rule", 128, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_provenance_nodes"),
    )  # fmt: skip
    op.create_index("ix_provenance_nodes_file", "provenance_nodes", ["tenant", "kind", "file"])
    op.create_table(
        "provenance_links", _tenant(), _text("subject", 96), sa.Column("position", sa.Integer, nullable=False), _text("rests_on", 96),
        sa.PrimaryKeyConstraint("tenant", "subject", "position", name="pk_provenance_links"),
        sa.ForeignKeyConstraint(["tenant", "subject"], ["provenance_nodes.tenant", "provenance_nodes.id"], name="fk_provenance_links_tenant_subject"),
    )  # fmt: skip
    op.create_table(
        "proposals", _tenant(), _text("id", 64), _text("operation_id", 64), _text("source"), _text("repository"), _text("branch", 255),
        _text("commit", 64), _text("pr_url"), _text("plan_digest", 80), _text("plan_blob", 80), _text("made_at", 27),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_proposals"),
    )  # fmt: skip
    op.create_index("ix_proposals_source", "proposals", ["tenant", "source", "branch"])
