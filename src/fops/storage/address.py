"""The address of a database: which kinds there are, and how it is shown without its secrets."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from fops.kernel.errors import UsageError
from fops.kernel.redaction import MASK

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_SECRET_WORDS = frozenset({"password", "sslpassword", "passfile"})
_HINT = "DATABASE_URL is sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def read_address(text: str) -> URL:
    """The URL with the driver we bring, whatever driver it names. Raises UsageError without showing a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError("DATABASE_URL is no URL of a database", hint=_HINT) from None
    kind = url.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise UsageError(f"DATABASE_URL names {kind}, which is not supported", hint=_HINT)
    return url.set(drivername=_DRIVERS[kind])


def shown(url: URL) -> str:
    """The URL for people: the user stays, every password goes."""
    masked = {name: MASK if name in _SECRET_WORDS else value for name, value in url.query.items()}
    text = url.set(query=masked).render_as_string(hide_password=True)
    return unquote(text).replace("postgresql+psycopg://", "postgresql://")


def without_secrets(reason: str, url: URL) -> str:
    """A driver's own words in one line, without the passwords of the URL."""
    line = " ".join(reason.split())
    for secret in _secrets(url):
        line = line.replace(secret, MASK)
    return line


def _secrets(url: URL) -> Iterable[str]:
    given = [url.password, *(url.query.get(name) for name in _SECRET_WORDS)]
    return [str(one) for one in given if one]
