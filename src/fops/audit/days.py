"""The trail's folder: one file a day, `audit.head`, which is lock and memory of the chain's end in one, and sealed days.

A sealed day lies below `sealed/` as `audit_YYYYMMDD.jsonl.gz` with its seal beside it, so that the folder which every
writer lists stays small; a day whose lines were given up has its seal alone.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from fops.audit.model import GENESIS, Link
from fops.kernel.errors import StorageFailed

HEAD = "audit.head"
SEALED = "sealed"
FILE_MODE, FOLDER_MODE = 0o600, 0o700  # who did what is nobody else's business on a shared machine

_DAY_NAME = re.compile(r"audit_\d{8}\.jsonl")
_SEALED_NAME = re.compile(r"(audit_\d{8})(?:\.jsonl\.gz|\.seal)")
_HEAD_SIZE = 256  # bytes; fixed, so that writing it anew leaves nothing of the old one

_ABOUT_THE_TRAIL = "free space or correct the folder's permissions, or name another folder with AUDIT_LOG_DIR"


def day_name(timestamp: str) -> str:
    """`audit_20261122.jsonl` for a timestamp of that day."""
    return f"audit_{timestamp[:10].replace('-', '')}.jsonl"


def day_files(folder: Path) -> list[Path]:
    """The plain day files, oldest first; none when there is no folder yet."""
    try:
        return sorted(path for path in folder.iterdir() if _DAY_NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a trail, whichever form it has; `name` is that of its plain file."""

    folder: Path
    name: str

    @property
    def plain(self) -> Path:
        """The file that writers append to."""
        return self.folder / self.name

    @property
    def packed(self) -> Path:
        """The same lines compressed."""
        return self.folder / SEALED / f"{self.name}.gz"

    @property
    def seal(self) -> Path:
        """What the lines were, for when they are gone."""
        return self.folder / SEALED / f"{self.name.removesuffix('.jsonl')}.seal"

    @contextlib.contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """The lines. A day that is being sealed has both forms, and the plain one counts until it goes.

        Raises FileNotFoundError where only the seal is left; OSError, EOFError and zlib.error for what cannot be unpacked.
        """
        try:
            file: BinaryIO = self.plain.open("rb")
        except FileNotFoundError:
            file = cast("BinaryIO", gzip.open(self.packed))  # noqa: SIM115 - closed below, as the other
        with file:
            yield file


def days(folder: Path) -> list[Day]:
    """Every day of the trail, oldest first, also those whose lines are gone."""
    names = {path.name for path in day_files(folder)}
    with contextlib.suppress(FileNotFoundError):
        found = (_SEALED_NAME.fullmatch(path.name) for path in (folder / SEALED).iterdir())
        names |= {f"{match[1]}.jsonl" for match in found if match}
    return [Day(folder, name) for name in sorted(names)]


@contextlib.contextmanager
def told_as_storage(folder: Path, deed: str, *, hint: str = _ABOUT_THE_TRAIL) -> Iterator[None]:
    """Turn an OSError of the block into StorageFailed naming folder, deed (`written`, `read`) and cause."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(
            f"audit trail {folder} cannot be {deed}: {error.strerror or error}",
            hint=hint,
        ) from error


@contextlib.contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """The descriptor of a file for the length of a block; what `O_CREAT` makes is private."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[int]:
    """Hold the trail alone; gives the descriptor of the head. Released by the kernel if we are killed."""
    with opened(folder / HEAD, os.O_RDWR | os.O_CREAT) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_size == 0:
            # From here on a trail without a head was tampered with: the head is there before the first line.
            remember(descriptor, GENESIS)
            os.fsync(descriptor)
            sync_folder(folder)
        yield descriptor


@contextlib.contextmanager
def held_for_reading(folder: Path) -> Iterator[int]:
    """Keep writers out for a moment; needs no right to write. Raises FileNotFoundError when there is no head."""
    with opened(folder / HEAD, os.O_RDONLY) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor


def remembered(descriptor: int) -> Link | None:
    """The chain's end as last recorded; None when the record is unreadable."""
    try:
        seq, digest, timestamp = json.loads(os.pread(descriptor, _HEAD_SIZE, 0))
    except (ValueError, TypeError):
        return None
    return Link(int(seq), str(digest), str(timestamp))


def remember(descriptor: int, end: Link) -> None:
    """Record the chain's end. Call it while holding the trail, after the line itself is on the disk."""
    text = json.dumps([end.seq, end.hash, end.timestamp]).ljust(_HEAD_SIZE - 1) + "\n"
    os.pwrite(descriptor, text.encode("ascii"), 0)


def write_whole(descriptor: int, data: bytes) -> int:
    """Append all of it in one write or, on a full disk, none of it; returns the file's size before."""
    size = os.fstat(descriptor).st_size
    if os.write(descriptor, data) < len(data):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return size


def sync_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk: a new file is lost in a power cut without it."""
    with opened(folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
        os.fsync(descriptor)
