"""Links in PostgreSQL."""

from typing import Protocol

import psycopg

SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    code text PRIMARY KEY,
    address text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""


class Links(Protocol):
    """Where links are kept."""

    def add(self, code: str, address: str) -> None: ...

    def find(self, code: str) -> str | None: ...

    def ping(self) -> None: ...


class PostgresLinks:
    """One short connection for each request; a pooler in front of the database shares them."""

    def __init__(self, url: str) -> None:
        self._url = url

    def prepare(self) -> None:
        """Create the table where it is missing."""
        with psycopg.connect(self._url) as connection:
            connection.execute(SCHEMA)

    def add(self, code: str, address: str) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute("INSERT INTO links (code, address) VALUES (%s, %s)", (code, address))

    def find(self, code: str) -> str | None:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(
                "SELECT address FROM links WHERE code = %s", (code,)
            ).fetchone()
        return row[0] if row else None

    def ping(self) -> None:
        with psycopg.connect(self._url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
