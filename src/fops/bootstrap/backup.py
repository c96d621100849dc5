"""What belongs to a data directory's backup: the database, the audit trail, the blobs, the proposals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fops import __version__
from fops.audit.days import HEAD, day_files, held_for_reading
from fops.bootstrap.server import SOCKET
from fops.kernel.clock import isoformat
from fops.kernel.errors import Busy, ConfirmationMissing, UsageError

if TYPE_CHECKING:
    from fops.bootstrap.app import App
    from fops.storage.backup import Backup, Member

_PLAIN = ("blobs", "proposals")
_KEYS = "signing-keys"
"""In the data directory: what signs tokens. Whoever has it can make them, so it stays out unless asked for."""


def back_up(app: App, to: Path | None, *, with_keys: bool = False, only_look: bool = False) -> dict[str, Any]:
    """Write a backup, to a file in this folder if none is named. Nobody has to stop for it.

    Raises UsageError for a file that exists, StorageFailed, and what Database raises.
    """
    from fops.storage.backup import back_up as write  # noqa: PLC0415 - SQLAlchemy comes with it

    now = app.clock.now()
    to = to or Path(f"fops-{now:%Y%m%dT%H%M%SZ}.zip")
    if to.exists():
        raise UsageError(f"{to} exists", hint="name a new file; a backup never writes over another")
    if only_look:
        return {
            "file": str(to.absolute()),
            "bytes": 0,
            "revision": "",
            "rows": {},
            "files": 0,
            "keys_left_out": False,
        }
    manifest = write(
        app.database,
        to,
        files=lambda: _files(app, with_keys=with_keys),
        made_at=isoformat(now),
        program=__version__,
    )
    return {
        "file": str(to.absolute()),
        "bytes": to.stat().st_size,
        "revision": manifest.revision,
        "rows": dict(manifest.tables),
        "files": sum(name.startswith("files/") and not name.endswith("/") for name in manifest.digests),
        "keys_left_out": not with_keys and _holds_something(app.home / _KEYS),
    }


def restore(app: App, source: Path, *, force: bool = False, only_look: bool = False) -> dict[str, Any]:
    """Put a backup into the database and data directory in use: all of it, or nothing when it cannot be done.

    With `only_look` everything is checked and nothing changed.

    Raises ConfirmationMissing where there is something already and no `force`, Busy while a server runs, FormatError
    for a file that is no whole backup, and what Database raises. What `force` replaces among files is kept aside.
    """
    from fops.storage.backup import opened  # noqa: PLC0415 - as back_up

    _no_server(app)
    with opened(source) as backup:
        full = [str(place) for place in _places(app).values() if _holds_something(place)]
        if full and not force:
            raise _not_empty(", ".join(full))
        aside: list[str] = []
        if not only_look:
            aside = _put_back(app, backup, force=force)
        elif not force:
            with app.database.read() as connection:
                _must_be_empty(app, connection)
        verdict = None if only_look else app.audit.verify()
        return {
            "made_at": backup.manifest.made_at,
            "from": backup.manifest.database,
            "to": app.database.shown,
            "revision": backup.manifest.revision,
            "rows": dict(backup.manifest.tables),
            "aside": aside,
            "audit": verdict
            and {name: getattr(verdict, name) for name in ("ok", "entries", "first_bad", "why")},
        }


def _put_back(app: App, backup: Backup, *, force: bool) -> list[str]:
    from fops.kernel.interrupts import allowed  # noqa: PLC0415 - only here
    from fops.storage.backup import Folders, restore_rows  # noqa: PLC0415 - as back_up

    with Folders(backup, _places(app)) as folders, app.database.write() as connection:
        if not force:
            _must_be_empty(app, connection)
        with allowed():
            restore_rows(connection, backup)
        folders.move_in(f"{app.clock.now():%Y%m%dT%H%M%SZ}")
    return [str(path) for path in folders.aside]


def _must_be_empty(app: App, connection: Any) -> None:
    from fops.storage.backup import is_empty  # noqa: PLC0415 - as back_up

    if not is_empty(connection):
        raise _not_empty(app.database.shown)


def _places(app: App) -> dict[str, Path]:
    return {"audit": app.audit_folder} | {name: app.home / name for name in (*_PLAIN, _KEYS)}


def _files(app: App, *, with_keys: bool) -> Iterator[Member]:
    from fops.storage.backup import members  # noqa: PLC0415 - as back_up

    yield from _trail(app.audit_folder)
    for name in (*_PLAIN, *([_KEYS] if with_keys else [])):
        yield from members(name, app.home / name)


def _trail(folder: Path) -> list[Member]:
    """The trail as it is at one moment: its end as remembered, and its days just as long as they then are."""
    from fops.storage.backup import Member  # noqa: PLC0415 - as back_up

    if not (folder / HEAD).exists():
        return []
    with held_for_reading(folder):
        end = (folder / HEAD).read_bytes()
        head = Member(name=f"files/audit/{HEAD}", source=end, size=len(end))
        days = [
            Member(name=f"files/audit/{day.name}", source=day, size=day.stat().st_size)
            for day in day_files(folder)
        ]
    return [head, *days]


def _holds_something(place: Path) -> bool:
    return any(place.iterdir()) if place.is_dir() else place.exists()


def _not_empty(what: str) -> ConfirmationMissing:
    hint = "--force replaces it; folders are kept aside, rows are not, so make a backup first"
    return ConfirmationMissing(f"there is something already: {what}", hint=hint)


def _no_server(app: App) -> None:
    socket = app.home / SOCKET
    if not socket.exists():
        return
    from fops.client.invoke import answers  # noqa: PLC0415 - only where a server ran

    if answers(socket):
        raise Busy(
            "a server of this data directory runs",
            hint="stop it first: it would not notice that all has changed",
        )
