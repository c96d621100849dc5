"""Lines by time without reading the trail: day files by name, then halving inside a file by byte offset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fops.audit.days import day_files, day_name, told_as_storage
from fops.audit.line import read
from fops.audit.model import AuditEntry
from fops.kernel.errors import NotFound

# Timestamps are compared as text; these stand before and behind all of them, and so do their day names.
EARLIEST, LATEST = "", "~"


def lines(folder: Path, *, since: str, until: str) -> Iterator[tuple[bytes, AuditEntry | None]]:
    """Raw lines and their entries with since <= timestamp < until, in order; an unreadable line has no entry.

    Raises StorageFailed.
    """
    with told_as_storage(folder, "read"):
        for path in day_files(folder):
            if day_name(since) <= path.name <= day_name(until):
                yield from _lines_of_day(path, since, until)


def find(folder: Path, identifier: str) -> AuditEntry:
    """The entry of this id, newest files first. Raises NotFound, StorageFailed."""
    sought = identifier.encode()
    with told_as_storage(folder, "read"):
        for path in reversed(day_files(folder)):
            with path.open("rb") as file:
                for raw in file:
                    entry = read(raw) if sought in raw else None
                    if entry and entry.id == identifier:
                        return entry
    raise NotFound(f"no audit entry {identifier!r} in {folder}", hint="`fops audit list` shows the ids")


def _lines_of_day(path: Path, since: str, until: str) -> Iterator[tuple[bytes, AuditEntry | None]]:
    with path.open("rb") as file:
        file.seek(_offset_of(file, since))
        for raw in file:
            entry = read(raw)
            if not raw.endswith(b"\n") or (entry and entry.timestamp >= until):
                return  # being written at this moment, or past the window
            yield raw, entry


def _offset_of(file: BinaryIO, since: str) -> int:
    """Byte offset of the first line whose timestamp is not before `since`."""
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        entry = _first_entry(file, middle)
        if entry is None or entry.timestamp >= since:
            high = middle
        else:
            low = middle + 1
    return _line_after(file, low)


def _first_entry(file: BinaryIO, offset: int) -> AuditEntry | None:
    """The first readable line that starts at or behind the offset."""
    file.seek(_line_after(file, offset))
    return next(filter(None, map(read, file)), None)


def _line_after(file: BinaryIO, offset: int) -> int:
    if offset == 0:
        return 0
    file.seek(offset - 1)
    file.readline()
    return file.tell()
