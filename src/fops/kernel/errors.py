"""The one error tree. A caller asks one question of it: may this be tried again?

FopsError
├── Transient          the same call may succeed later (`retry_after` seconds)
│   ├── Unreachable    an outside system did not answer
│   │   └── BrokenOff      it answered, and then the connection broke
│   ├── Busy           a lock or lease is held by somebody else
│   └── TooOften       asked more often than is allowed
├── Final              trying again changes nothing
│   ├── UsageError     the words of the call are wrong
│   │   └── ConfirmationMissing   a flag must say yes first
│   ├── NotDeployable  the input is no application, or not one we can deploy
│   ├── FormatError    a file could not be read as what it claims to be
│   ├── LimitExceeded  larger, deeper or slower than the guard allows
│   ├── UnsafeInput    a path, URL or reference tries to leave its place
│   ├── NotFound       the named thing does not exist
│   ├── RefusedByPolicy   policy said no
│   ├── NotAllowed     not signed in, or not permitted
│   ├── OutsideFailed  an outside system answered with a failure
│   ├── StorageFailed  our own data directory cannot be read or written
│   └── Cancelled      a person stopped it
└── InDoubt            a write timed out: probe the outside world, never repeat blindly
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar


class FopsError(Exception):
    """Base of every error a door may show.

    Attributes: `code` stable snake_case name; `exit_code` of the command line; `http_status` of the API;
    `message` one line that names the thing and the value; `hint` what to do about it.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Transient(FopsError):
    """The same call may succeed later; `retry_after` is in seconds, None when unknown."""

    code = "transient"
    exit_code = 5
    http_status = 503

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Unreachable(Transient):
    """An outside system did not answer."""

    code = "unreachable"


class BrokenOff(Unreachable):
    """It answered, and then the connection broke: what was not confirmed is not kept."""

    code = "broken_off"


class Busy(Transient):
    """A lock or lease is held by somebody else."""

    code = "busy"
    http_status = 409


class TooOften(Transient):
    """Asked more often than is allowed."""

    code = "too_often"
    exit_code = 4
    http_status = 429


class Final(FopsError):
    """Trying again changes nothing."""

    code = "final"


class UsageError(Final):
    """The words of the call are wrong."""

    code = "usage"
    exit_code = 2
    http_status = 422


class ConfirmationMissing(UsageError):
    """A flag must say yes first; the hint names it."""

    code = "confirmation_missing"


class NotDeployable(Final):
    """The input is no application, or not one that can be deployed as asked."""

    code = "not_deployable"
    http_status = 422


class FormatError(Final):
    """A file could not be read as what it claims to be."""

    code = "format"
    http_status = 422


class LimitExceeded(Final):
    """Larger, deeper or slower than the guard allows."""

    code = "limit_exceeded"
    http_status = 413


class UnsafeInput(Final):
    """A path, URL or reference tries to leave its place."""

    code = "unsafe_input"
    exit_code = 2
    http_status = 422


class NotFound(Final):
    """The named thing does not exist."""

    code = "not_found"
    http_status = 404


class RefusedByPolicy(Final):
    """Policy said no; the message names the rule."""

    code = "refused_by_policy"
    exit_code = 3
    http_status = 403


class NotAllowed(Final):
    """Not signed in, or not permitted."""

    code = "not_allowed"
    exit_code = 4
    http_status = 403


class OutsideFailed(Final):
    """An outside system answered with a failure."""

    code = "outside_failed"
    exit_code = 5
    http_status = 502


class StorageFailed(Final):
    """Our own data directory cannot be read or written."""

    code = "storage_failed"
    exit_code = 5
    http_status = 507


class Cancelled(Final):
    """A person stopped it."""

    code = "cancelled"
    exit_code = 130
    http_status = 499


class InDoubt(FopsError):
    """A write timed out: probe the outside world, never repeat blindly."""

    code = "in_doubt"
    exit_code = 5
    http_status = 504


def error_named(problem: Mapping[str, str] | None, detail: str = "") -> FopsError:
    """The error behind a kept or received problem with `code`, `message` and `hint`; FopsError for an unknown code."""
    problem = problem or {}
    kinds = {kind.code: kind for kind in _below(FopsError)}
    kind = kinds.get(problem.get("code", ""), FopsError)
    return kind(problem.get("message") or detail or "it failed", hint=problem.get("hint", ""))


def _below(kind: type[FopsError]) -> Iterator[type[FopsError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _below(one)
