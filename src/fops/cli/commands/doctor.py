"""`fops doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json
from fops.cli.table import print_table
from fops.kernel.errors import FopsError, Transient

if TYPE_CHECKING:
    from fops.cli.session import Session

_KEYS = ("ok", "findings")  # what `--fields` may name


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    status: Literal["ok", "missing", "broken"]
    detail: str


def doctor(context: typer.Context, as_json: JsonOption = False, fields: FieldsOption = None) -> int:
    """What works here and what does not. Exit code 6 when something needed is broken."""
    session: Session = context.obj
    known_fields(fields, _KEYS)
    findings = list(_findings(session))
    if as_json or fields:
        rows = [{"what": one.what, "status": one.status, "detail": one.detail} for one in findings]
        print_json({"ok": all(one.status != "broken" for one in findings), "findings": rows}, fields=fields)
    else:
        print_table(
            ("what", "status", "detail"),
            [(one.what, one.status, one.detail) for one in findings],
            color=session.color,
            folded="detail",
        )
    return 6 if any(one.status == "broken" for one in findings) else 0


def _findings(session: Session) -> Iterator[Finding]:
    from fops import __version__  # noqa: PLC0415 - only this command
    from fops.kernel.process import find_program  # noqa: PLC0415 - as above

    yield Finding("fops", "ok", f"{__version__} on Python {platform.python_version()}")
    yield _git()
    yield _data_directory(session)
    yield _database(session)
    yield _trail(session)
    yield _github(session)
    yield Finding(
        "approvals", "ok", "one person on this machine; rules that ask for a second one need the server"
    )
    for program in (
        "hadolint",
        "actionlint",
        "zizmor",
        "shellcheck",
        "cfn-lint",
        "check-jsonschema",
        "kubernetes-validate",
    ):
        found = find_program(program)
        hint = "optional: without it its checks say could-not-run; pip install 'fops[verify]'"
        yield Finding(program, "ok" if found else "missing", str(found) if found else hint)
    kubectl = find_program("kubectl")
    yield Finding(
        "kubectl",
        "ok" if kubectl else "missing",
        str(kubectl) if kubectl else "optional: builds the overlays as one more check",
    )


def _git() -> Finding:
    from fops.kernel.git import git  # noqa: PLC0415 - as above

    try:
        return Finding("git", "ok", git(["--version"]).text.strip())
    except FopsError as error:
        return Finding("git", "broken", f"{error.message}: {error.hint}")


def _data_directory(session: Session) -> Finding:
    home = session.app.home
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    if place.is_dir() and os.access(place, os.W_OK):
        return Finding(
            "data directory", "ok", str(home) if place == home else f"{home} (made when first needed)"
        )
    return Finding(
        "data directory", "broken", f"{home} cannot be written; set FOPS_HOME to a folder you may write"
    )


def _database(session: Session) -> Finding:
    from fops.storage.status import status  # noqa: PLC0415 - SQLAlchemy comes with it

    try:
        found = status(session.app.database)
    except FopsError as error:
        return Finding("database", "broken", f"{error.message}; {error.hint}")
    if found["pending"]:
        made = (
            "made when first needed" if found["revision"] is None else "brought up to date when next needed"
        )
        return Finding("database", "ok", f"{found['url']} ({made})")
    return Finding("database", "ok", f"{found['url']} at revision {found['revision']}")


def _github(session: Session) -> Finding:
    from fops.bootstrap.providers import github_told  # noqa: PLC0415 - as above

    try:
        told = github_told(session.app.settings)
    except Transient as error:  # whoever is offline has lost nothing that works offline
        return Finding("GitHub", "missing", f"configured, but {error.message}")
    except FopsError as error:
        return Finding("GitHub", "broken", f"{error.message}: {error.hint}")
    hint = "optional: set GITHUB_TOKEN to open pull requests there"
    return Finding("GitHub", "ok" if told else "missing", told or hint)


def _trail(session: Session) -> Finding:
    try:
        verdict = session.app.audit.verify()
    except FopsError as error:
        return Finding("audit trail", "broken", error.message)
    return Finding(
        "audit trail",
        "ok" if verdict.ok else "broken",
        f"{verdict.entries} entries" if verdict.ok else f"broken at {verdict.first_bad}: {verdict.why}",
    )
