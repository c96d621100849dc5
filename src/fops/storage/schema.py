"""The MetaData every room's tables hang on, and the columns they all carry."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def tenant() -> Column[str]:
    """The tenant column: every table has it, and it is never empty."""
    return Column("tenant", String(64), nullable=False, server_default="default")


def moment(name: str, *, nullable: bool = False) -> Column[str]:
    """A time as `clock.isoformat` writes it: fixed width, so text order is time order on every database."""
    return Column(name, String(27), nullable=nullable)
