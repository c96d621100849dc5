"""`fops db status · migrate · backup · restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_lines
from fops.cli.session import say

if TYPE_CHECKING:
    from fops.cli.session import Session

app = typer.Typer(
    help="The database: what is in it, its revision, backups.", no_args_is_help=True, rich_markup_mode=None
)

_STATUS = ("kind", "url", "revision", "head", "pending", "bytes", "rows")
_BACKUP = ("file", "bytes", "revision", "rows", "files", "keys_left_out")
_RESTORED = ("made_at", "from", "to", "revision", "rows", "aside", "audit")
_MIGRATED = ("from", "to", "done", "pending")


@app.command()
def status(context: typer.Context, as_json: JsonOption = False, fields: FieldsOption = None) -> None:
    """Where the database is and what is in it. Nothing is changed, not even an old schema."""
    from fops.storage.status import status as look  # noqa: PLC0415 - SQLAlchemy comes with it

    session: Session = context.obj
    known_fields(fields, _STATUS)
    found = look(session.app.database)
    if as_json or fields:
        print_json(found, fields=fields)
        return
    print_lines(_told(found))


def _told(found: dict[str, Any]) -> list[str]:
    if found["revision"] is None:
        revision = "not made yet: the first command that keeps something makes it"
    elif found["pending"]:
        revision = f"{found['revision']}, and {', '.join(found['pending'])} to come: `fops db migrate`"
    elif found["revision"] == found["head"]:
        revision = f"{found['revision']}, the newest"
    else:
        revision = f"{found['revision']}, newer than this program knows ({found['head']})"
    lines = [f"database  {found['url']}", f"revision  {revision}", f"size      {_size(found['bytes'])}"]
    rows = [f"  {name:<20} {count:>9}" for name, count in found["rows"].items()]
    return [*lines, *(["rows"] if rows else []), *rows]


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.1f} kB"


@app.command()
def migrate(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be done.")] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """Bring the schema to the newest revision, all steps or none. Other commands do so too when they find it behind."""
    from fops.storage.status import migrate as bring  # noqa: PLC0415 - as status
    from fops.storage.status import pending_revisions  # noqa: PLC0415 - as status
    from fops.storage.status import status as look  # noqa: PLC0415 - as status

    session: Session = context.obj
    known_fields(fields, _MIGRATED)
    found = look(session.app.database)
    plan = pending_revisions(found["revision"]) if found["pending"] else []
    only_look = dry_run or session.dry_run
    if only_look or not plan:
        done: list[str] = []
        for one in plan:
            say(f"would run {one['revision']}: {one['says']}")
    else:
        says = {one["revision"]: one["says"] for one in plan}
        done = bring(session.app.database, lambda revision: say(f"✓ {revision}: {says.get(revision, '')}"))
    left = [one["revision"] for one in plan if one["revision"] not in done]
    result = {"from": found["revision"], "to": found["head"], "done": done, "pending": left}
    if as_json or fields:
        print_json(result, fields=fields)
    elif not plan:
        print_lines([f"nothing to do: the schema is at revision {found['revision']}"])
    elif done:
        print_lines([f"the schema is at revision {found['head']}"])


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A new file. Without, one in this folder named by the time."),
    ] = None,
    with_keys: Annotated[
        bool,
        typer.Option(
            "--with-keys", help="Also the keys that sign tokens: who has the file can then make some."
        ),
    ] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """Write all to one file: rows, audit trail, blobs, proposals. Nothing has to stop for it."""
    from fops.bootstrap.backup import back_up  # noqa: PLC0415 - only this command

    session: Session = context.obj
    known_fields(fields, _BACKUP)
    made = back_up(session.app, file, with_keys=with_keys, only_look=session.dry_run)
    if as_json or fields:
        print_json(made, fields=fields)
        return
    rows = sum(made["rows"].values())
    if session.dry_run:
        print_lines([f"would write {made['file']}"])
        return
    print_lines([f"{made['file']}: {rows} rows, {made['files']} files, {_size(made['bytes'])}"])
    if made["keys_left_out"]:
        say("note: the keys that sign tokens are not in it; --with-keys takes them along")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `fops db backup` wrote, of either kind of database.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there. Folders are kept aside, rows are not.")
    ] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> int:
    """Put a backup into the database in use: all of it or nothing. Exit code 6 when its audit trail is broken."""
    from fops.bootstrap.backup import restore as put_back  # noqa: PLC0415 - only this command

    session: Session = context.obj
    known_fields(fields, _RESTORED)
    done = put_back(session.app, file, force=force, only_look=session.dry_run)
    if as_json or fields:
        print_json(done, fields=fields)
    else:
        deed = "would restore" if session.dry_run else "restored"
        what = f"{sum(done['rows'].values())} rows of {done['made_at'][:19]}Z"
        print_lines([f"{deed} {what} ({done['from']}) into {done['to']}"])
    for path in done["aside"]:
        say(f"note: what was there before is now {path}")
    verdict = done["audit"]
    if verdict is None:
        return 0
    if verdict["ok"]:
        say(f"the audit trail is whole: {verdict['entries']} entries")
        return 0
    say(f"the audit trail is broken at {verdict['first_bad']}: {verdict['why']}")
    return 6
