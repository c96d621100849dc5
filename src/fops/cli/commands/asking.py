"""Asking for names and secrets: on a terminal without an echo, or from stdin where it is told so; never from the words."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from fops.kernel.errors import UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session


def name_of(session: Session, name: str | None) -> str:
    """A name as given, else as a person answers. Raises UsageError where nobody sits there."""
    if name is not None:
        return name
    if not session.can_ask:
        raise UsageError("a name is needed, and nobody can be asked", hint="--name NAME gives it")
    sys.stderr.write("Name: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def secret(session: Session, prompt: str, *, stdin: bool) -> str:
    """A password or token. Raises UsageError for none, and where nobody sits there to ask."""
    if stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif session.can_ask:
        given = getpass.getpass(prompt)
    else:
        raise UsageError(
            "a password is needed, and nobody can be asked", hint="--password-stdin reads it from stdin"
        )
    if not given:
        raise UsageError("no password was given", hint="one line is read")
    return given


def new_password(session: Session, *, stdin: bool) -> str:
    """A new password, typed twice where a person types it. Raises UsageError."""
    given = secret(session, "New password: ", stdin=stdin)
    if not stdin and getpass.getpass("Once more: ") != given:
        raise UsageError("the two passwords differ", hint="try again")
    return given
