"""Settings of the storage room; importing them must not import SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass

from fops.kernel.settings import setting


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where state lives."""

    database_url: str | None = setting(
        "DATABASE_URL",
        default=None,
        doc="SQLAlchemy URL of the database. Default: SQLite in the data directory, which needs no server.",
    )
    sqlite_url: str | None = setting(
        "SQLITE_URL", default=None, doc="The same for SQLite alone; DATABASE_URL wins. Default: unset."
    )
