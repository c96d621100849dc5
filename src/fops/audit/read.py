"""Lines by time without reading the trail: day files by name, then halving inside a file by byte offset.

A compressed day has no offsets to jump to: its lines are passed over by their time alone, without being parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import dropwhile
from pathlib import Path
from typing import BinaryIO

from fops.audit.days import Day, day_name, days, told_as_storage
from fops.audit.line import read
from fops.audit.model import AuditEntry
from fops.kernel.errors import NotFound

# Timestamps are compared as text; these stand before and behind all of them, and so do their day names.
EARLIEST, LATEST = "", "~"
_TIME = re.compile(
    rb'"timestamp":"([^"]{27})"'
)  # in a line of ours nothing that could look like it stands before


def lines(folder: Path, *, since: str, until: str) -> Iterator[tuple[bytes, AuditEntry | None]]:
    """Raw lines and their entries with since <= timestamp < until, in order; an unreadable line has no entry.

    Raises StorageFailed.
    """
    with told_as_storage(folder, "read"):
        for day in days(folder):
            if day_name(since) <= day.name <= day_name(until):
                with suppress(FileNotFoundError):  # given up: its seal is all there is
                    yield from _lines_of_day(day, since, until)


def find(folder: Path, identifier: str) -> AuditEntry:
    """The entry of this id, newest files first. Raises NotFound, StorageFailed."""
    sought = identifier.encode()
    with told_as_storage(folder, "read"):
        for day in reversed(days(folder)):
            with suppress(FileNotFoundError), day.reading() as file:
                for raw in file:
                    entry = read(raw) if sought in raw else None
                    if entry and entry.id == identifier:
                        return entry
    raise NotFound(f"no audit entry {identifier!r} in {folder}", hint="`fops audit list` shows the ids")


def _lines_of_day(day: Day, since: str, until: str) -> Iterator[tuple[bytes, AuditEntry | None]]:
    with day.reading() as file:
        for raw in _from(day, file, since):
            entry = read(raw)
            if not raw.endswith(b"\n") or (entry and entry.timestamp >= until):
                return  # being written at this moment, or past the window
            yield raw, entry


def _from(day: Day, file: BinaryIO, since: str) -> Iterator[bytes]:
    if file.name == str(day.plain):
        file.seek(_offset_of(file, since))
        return iter(file)
    start = since.encode()
    return dropwhile(lambda raw: _time_of(raw, start) < start, file)


def _time_of(raw: bytes, unknown: bytes) -> bytes:
    found = _TIME.search(raw)
    return found[1] if found else unknown


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
