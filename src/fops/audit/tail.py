"""The end of the trail: its last whole line, and what a crash left torn behind it."""

from __future__ import annotations

import os
from pathlib import Path

from fops.audit.days import day_files, opened, write_whole
from fops.audit.line import read
from fops.audit.model import AuditEntry

_BLOCK = 4096  # bytes; a line is well below it


def last_whole(descriptor: int, size: int) -> tuple[int, AuditEntry | None]:
    """Where the whole lines of a day file end, and the last of them; (0, None) when there is none."""
    end = size
    while end:
        start = _line_start(descriptor, end)
        entry = read(os.pread(descriptor, end - start, start))
        if entry:
            return end, entry
        end = start
    return 0, None


def mend(folder: Path) -> AuditEntry | None:
    """The last entry of the trail, after putting torn lines aside. Call it while holding the trail."""
    for path in reversed(day_files(folder)):
        entry = _mend_day(path)
        if entry:
            return entry
    return None


def torn_name(path: Path) -> Path:
    """Where the torn lines of a day file are kept."""
    return path.with_name(f"{path.name}.torn")


def _mend_day(path: Path) -> AuditEntry | None:
    with opened(path, os.O_RDWR) as descriptor:
        size = os.fstat(descriptor).st_size
        end, entry = last_whole(descriptor, size)
        if end < size:
            _put_aside(torn_name(path), os.pread(descriptor, size - end, end))
            os.ftruncate(descriptor, end)
    return entry


def _put_aside(path: Path, torn: bytes) -> None:
    with opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as descriptor:
        write_whole(descriptor, torn.removesuffix(b"\n") + b"\n")
        os.fsync(descriptor)


def _line_start(descriptor: int, end: int) -> int:
    """Start of the line that ends before `end`: just behind the newline before its own."""
    stop = end - 1  # the line's own newline, or a byte of a torn line
    while stop > 0:
        start = max(0, stop - _BLOCK)
        newline = os.pread(descriptor, stop - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        stop = start
    return 0
