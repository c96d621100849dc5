"""Settings of the storage room; importing them must not import SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass

from fops.kernel.settings import positive, setting


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where state lives, and how long one waits for it."""

    database_url: str | None = setting(
        "DATABASE_URL",
        default=None,
        doc="SQLAlchemy URL of the database: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Default: SQLite in the data directory, which needs no server.",
    )
    sqlite_url: str | None = setting(
        "SQLITE_URL", default=None, doc="The same for SQLite alone; DATABASE_URL wins. Default: unset."
    )
    connections: int = setting(
        "DATABASE_CONNECTIONS",
        default=10,
        read=positive,
        doc="Connections to PostgreSQL that one process keeps at most. Default: 10; a PostgreSQL as installed allows 100 to all its clients.",
    )
    wait_seconds: int = setting(
        "DATABASE_WAIT_SECONDS",
        default=10,
        read=positive,
        doc="Longest time in seconds that a request waits for a free connection, or for a PostgreSQL that does not answer. Default: 10; a restart takes a second or two, so requests live through it.",
    )
    statement_seconds: int = setting(
        "DATABASE_STATEMENT_SECONDS",
        default=30,
        read=positive,
        doc="Longest time in seconds of one statement on PostgreSQL, waiting for locks included. Default: 30, as long as SQLite waits for its lock; our statements take milliseconds.",
    )
