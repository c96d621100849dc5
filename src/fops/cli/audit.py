"""`fops audit list · show · verify · export`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_json_lines, print_lines
from fops.cli.session import say
from fops.cli.table import print_table
from fops.kernel.clock import parse
from fops.kernel.errors import UsageError

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

# What `--fields` of `verify` may name.
_VERDICT_KEYS = ("ok", "entries", "head", "first_bad", "why", "torn")


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
    from fops.audit.line import KEYS, as_line  # noqa: PLC0415 - only this group reads the trail

    session: Session = context.obj
    known_fields(fields, KEYS)
    entries = session.app.audit.query(
        since=_moment(session, since),
        until=_moment(session, until),
        action=action,
        actor=actor,
        target=target,
    )
    if as_json or fields:
        print_json_lines((as_line(entry) for entry in entries), fields=fields)
        return
    rows = [
        (one.timestamp[:19] + "Z", one.actor, one.action, one.outcome.value, one.target, one.id)
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

    from fops.audit.line import KEYS, as_line  # noqa: PLC0415 - as list

    session: Session = context.obj
    known_fields(fields, KEYS)
    line = as_line(session.app.audit.show(identifier))
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
    verdict = session.app.audit.verify()
    if as_json or fields:
        print_json({key: getattr(verdict, key) for key in _VERDICT_KEYS}, fields=fields)
    elif verdict.ok:
        print_lines([f"the trail is whole: {verdict.entries} entries, head {verdict.head or '–'}"])
    else:
        print_lines(
            [
                f"the trail is broken at {verdict.first_bad}: {verdict.why}",
                f"{verdict.entries} entries before it are as written",
            ]
        )
    for torn in verdict.torn:
        say(f"note: a half-written line was put aside in {torn}")
    return 0 if verdict.ok else 6


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
    count = session.app.audit.export(
        to or sys.stdout.buffer, since=_moment(session, since), until=_moment(session, until)
    )
    sys.stdout.flush()
    say(f"{count} entries exported")


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
