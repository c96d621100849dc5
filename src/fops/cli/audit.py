"""`fops audit list · show · verify · seal · export`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_json_lines, print_lines
from fops.cli.session import say
from fops.cli.table import print_table
from fops.kernel.clock import parse
from fops.kernel.errors import StorageFailed, UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session

app = typer.Typer(
    help="The audit trail: who did what, when, and how it ended.", no_args_is_help=True, rich_markup_mode=None
)

SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help="From this time: 2026-11-22, 2026-11-22T09:30:00Z, or 30m, 12h, 7d ago.",
    ),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Before this time, in the same forms.")
]

ENTRIES_A_PAGE = 500
# What `--fields` of `verify` may name.
_VERDICT_KEYS = ("ok", "entries", "head", "first_bad", "why", "torn", "dropped", "since", "anchored")


@app.command("list")
def list_entries(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    action: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this action, such as change_request.create.")
    ] = None,
    actor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this actor, such as local:ada.")
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="TEXT", help="Only this target, as listed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, one an entry.")] = False,
    fields: FieldsOption = None,
) -> None:
    """What was done, oldest first."""
    from fops.audit.line import KEYS  # noqa: PLC0415 - only this group reads the trail

    session: Session = context.obj
    known_fields(fields, KEYS)
    wanted = _range(session, since, until) | {"action": action, "actor": actor, "target": target}
    entries = _all(session, wanted)
    if as_json or fields:
        print_json_lines(entries, fields=fields)
        return
    rows = [
        (one["timestamp"][:19] + "Z", one["actor"], one["action"], one["outcome"], one["target"], one["id"])
        for one in entries
    ]
    headings = ("time", "actor", "action", "outcome", "target", "id")
    print_table(headings, rows, color=session.color, folded="target")
    if not rows:
        say("no entries")


@app.command()
def show(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="An entry's id, as `fops audit list` shows it.")
    ],
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """One entry with all its details."""
    import json  # noqa: PLC0415 - only this command

    from fops.audit.line import KEYS  # noqa: PLC0415 - as list

    session: Session = context.obj
    known_fields(fields, KEYS)
    line = session.invoker.invoke(session.context(), "audit.show", {"id": identifier})
    if as_json or fields:
        print_json(line, fields=fields)
        return
    print_lines(
        f"{key:<13} {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}"
        for key, value in line.items()
    )


@app.command()
def verify(context: typer.Context, as_json: JsonOption = False, fields: FieldsOption = None) -> int:
    """Check that every line is there and as it was written. Exit code 6 names the first that is not."""
    session: Session = context.obj
    known_fields(fields, _VERDICT_KEYS)
    verdict = session.invoker.invoke(session.context(), "audit.verify", {})
    if as_json or fields:
        print_json(verdict, fields=fields)
    elif verdict["ok"]:
        print_lines(
            [
                f"the trail is whole: {verdict['entries']} entries, head {verdict['head'] or '–'}",
                *_bounds(verdict),
            ]
        )
    else:
        print_lines(
            [
                f"the trail is broken at {verdict['first_bad']}: {verdict['why']}",
                f"{verdict['entries']} entries before it are as written",
            ]
        )
    for torn in verdict["torn"]:
        say(f"note: a half-written line was put aside in {torn}")
    return 0 if verdict["ok"] else 6


def _bounds(verdict: Mapping[str, Any]) -> Iterator[str]:
    """What the verdict does not cover, or covers by other means."""
    if verdict["dropped"]:
        since = verdict["since"] or "now"
        yield f"{verdict['dropped']} of them were given up and stand under seals alone; lines are kept since {since[:10]}"
    if verdict["anchored"] is None:
        yield "the database could not be asked where the trail should end"
    elif verdict["anchored"]:
        yield f"the database remembers line {verdict['anchored']} as it is"


@app.command()
def seal(context: typer.Context, as_json: JsonOption = False) -> None:
    """Compress days that are over under their seals. Lines older than AUDIT_KEEP_DAYS are given up."""
    session: Session = context.obj
    done = session.invoker.invoke(session.context(), "audit.seal", {})
    if as_json:
        print_json(done)
        return
    told = [
        f"{one['day']}: {one['last'] - one['first'] + 1} entries compressed" for one in done.get("sealed", ())
    ]
    told += [f"{day}: its lines were given up, its seal stays" for day in done.get("dropped", ())]
    print_lines([*told, *done.get("changes", ())] or ["nothing is due"])


@app.command()
def export(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write here instead of stdout.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """The lines byte for byte, to be checked elsewhere. Their seals hold there too."""
    session: Session = context.obj
    pieces = session.invoker.stream(session.context(), "audit.export", _range(session, since, until))
    first = next(pieces, b"")  # before a file is opened: what cannot be read must not cost what stands there
    with _opened(to) as file:
        count = 0
        for piece in chain([first], pieces):
            file.write(piece)
            count += piece.count(b"\n")
        file.flush()
    say(f"{count} entries exported")


@contextmanager
def _opened(to: Path | None) -> Iterator[BinaryIO]:
    """stdout, or a file written anew that only its owner may read. Raises StorageFailed."""
    if to is None:
        yield sys.stdout.buffer
        return
    try:
        with open(to, "wb", opener=_private) as file:
            yield file
    except OSError as error:
        raise StorageFailed(
            f"{to} cannot be written: {error.strerror or error}", hint="name a file in a folder you may write"
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _all(session: Session, wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    cursor = None
    while True:
        asked = {**wanted, "cursor": cursor, "limit": ENTRIES_A_PAGE}
        page = session.invoker.invoke(session.context(), "audit.list", asked)
        yield from page["entries"]
        cursor = page["cursor"]
        if cursor is None:
            return


def _range(session: Session, since: str | None, until: str | None) -> dict[str, str | None]:
    moments = {"since": _moment(session, since), "until": _moment(session, until)}
    return {name: moment.isoformat() if moment else None for name, moment in moments.items()}


def _moment(session: Session, text: str | None) -> datetime | None:
    from datetime import timedelta  # noqa: PLC0415 - only here

    if text is None:
        return None
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if text[:-1].isdigit() and text[-1] in units:
        return session.app.clock.now() - timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time", hint="write 2026-11-22, 2026-11-22T09:30:00Z, or 30m, 12h, 7d ago"
        ) from error
