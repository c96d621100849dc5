"""What a driver says when it fails, as the errors of our own tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fops.kernel.errors import Busy, FopsError, StorageFailed, Transient, Unreachable, UsageError
from fops.storage.address import SQLITE, shown, without_secrets

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_LOST = ("08", "57P01", "57P02", "57P03", "57P05", "53300")
_HELD = ("40001", "40P01", "55P03")
_TOO_LONG = "57014"
_HINTS = {
    "53100": "free space on the database server",
    "42501": "the user of DATABASE_URL needs the right to create tables and to write",
    "25006": "this server only reads: DATABASE_URL must name the primary",
}
_REFUSED = re.compile(
    r"authentication failed|does not exist|no pg_hba|no password|certificate|support SSL|permission denied"
)
_AGAIN = 1.0  # seconds until a caller may come back


@contextmanager
def named_failures(url: URL, *, lost: type[Unreachable] = Unreachable) -> Iterator[None]:
    """Whatever the database refuses inside is raised as an error of our tree that names the database.

    `lost` is the error for one that does not answer, or no longer does.
    """
    try:
        yield
    except PoolTimeout as error:
        hint = "try again in a moment; DATABASE_CONNECTIONS allows more"
        raise Busy(f"all connections to {shown(url)} are in use", hint=hint, retry_after=_AGAIN) from error
    except DBAPIError as error:
        raise told(error, url, lost=lost) from error


def told(error: DBAPIError, url: URL, *, lost: type[Unreachable] = Unreachable) -> FopsError:
    """The error of our tree for a driver's."""
    reason = without_secrets(_words(error), url)
    if url.get_backend_name() == SQLITE:
        return _of_sqlite(reason, shown(url))
    if isinstance(error, DataError):  # too long for its column, or a NUL in a text
        return UsageError(f"a value does not fit: {reason}")
    if _is_lost(error, reason):
        hint = "try again in a moment; DATABASE_URL says where it should be"
        return lost(f"{shown(url)} does not answer: {reason}", hint=hint, retry_after=_AGAIN)
    return _of_postgres(_code(error), reason, shown(url))


def _words(error: DBAPIError) -> str:
    """The server's own sentence where it said one; the driver adds the statement to it, which may hold values."""
    said: str | None = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    return said or str(error.orig)


def _of_sqlite(reason: str, where: str) -> FopsError:
    if "locked" in reason:
        return Busy(f"{where} is held by another process", hint="try again in a moment")
    hint = "check free space and write access; FOPS_HOME names another data directory"
    return StorageFailed(f"{where}: {reason}", hint=hint)


def _is_lost(error: DBAPIError, reason: str) -> bool:
    """Without a code it is the connection that failed, and not a statement."""
    gone = error.connection_invalidated or not _code(error)
    plainly = isinstance(error, OperationalError) and gone and not _REFUSED.search(reason)
    return plainly or _code(error).startswith(_LOST)


def _code(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _of_postgres(code: str, reason: str, where: str) -> FopsError:
    if code.startswith(_HELD):
        return Busy(f"{where} is held by others: {reason}", hint="try again in a moment", retry_after=_AGAIN)
    if code == _TOO_LONG:
        hint = "try again in a moment; DATABASE_STATEMENT_SECONDS allows more"
        return Transient(f"{where}: a statement took too long", hint=hint, retry_after=_AGAIN)
    return StorageFailed(
        f"{where}: {reason}", hint=_HINTS.get(code, "check DATABASE_URL, and the server's own log")
    )
