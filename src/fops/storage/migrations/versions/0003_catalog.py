"""Services, their environments, and the teams that own them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False, server_default="default")


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "teams", _tenant(), _text("id", 64), _text("name", 63), sa.PrimaryKeyConstraint("tenant", "id", name="pk_teams")
    )  # fmt: skip
    op.create_index("ix_teams_name", "teams", ["tenant", "name"], unique=True)
    op.create_table(
        "services", _tenant(), _text("id", 64), _text("name", 63), _text("team_id", 64, nullable=True),
        _text("repository", nullable=True), _text("file", nullable=True), _text("text", 80, nullable=True),
        sa.Column("told", sa.JSON, nullable=False), sa.Column("lines", sa.JSON, nullable=False),
        _text("added_at", 27), _text("added_by", 128), _text("changed_at", 27), _text("changed_by", 128),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_services"),
        sa.ForeignKeyConstraint(["tenant", "team_id"], ["teams.tenant", "teams.id"], name="fk_services_tenant_team_id"),
    )  # fmt: skip
    op.create_index("ix_services_name", "services", ["tenant", "name"], unique=True)
    op.create_table(
        "environments", _tenant(), _text("id", 64), _text("service_id", 64), sa.Column("position", sa.Integer, nullable=False),
        _text("name", 63), _text("protection", 32), sa.Column("place", sa.JSON, nullable=False), sa.Column("line", sa.Integer),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_environments"),
        sa.ForeignKeyConstraint(["tenant", "service_id"], ["services.tenant", "services.id"], name="fk_environments_tenant_service_id"),
    )  # fmt: skip
    op.create_index("ix_environments_name", "environments", ["tenant", "service_id", "name"], unique=True)
