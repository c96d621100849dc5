"""Sealing: days that are over are compressed under a seal, and may be given up; the chain goes on over their seals."""

from __future__ import annotations

import dataclasses
import fcntl
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from fops.audit.days import (
    FOLDER_MODE,
    SEALED,
    Day,
    days,
    held_for_reading,
    opened,
    remembered,
    sync_folder,
)
from fops.audit.line import is_sealed, read
from fops.audit.model import GENESIS, AuditEntry, Link, Seal, link_of
from fops.kernel.canonical import digest
from fops.kernel.errors import FormatError, StorageFailed

SCHEMA = "fops.audit-seal/v1"
_LOCK = "sealing.lock"
_BLOCK = 1 << 20  # bytes read at a time
_KEYS = tuple(field.name for field in dataclasses.fields(Seal))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What one call did: the seals it made, and the days whose lines it gave up."""

    sealed: tuple[Seal, ...] = ()
    dropped: tuple[str, ...] = ()


def read_seal(day: Day) -> Seal | None:
    """The seal of a day, None where it has none. Raises FormatError for one that is not as it was written."""
    try:
        raw = day.seal.read_bytes()
    except FileNotFoundError:
        return None
    try:
        seal = Seal(**json.loads(raw))
    except (ValueError, TypeError, RecursionError) as error:
        raise FormatError(f"{day.seal.name} is no seal") from error
    if [type(seal.first), type(seal.last), type(seal.until)] != [int, int, str] or _compose(seal) != raw:
        raise FormatError(f"{day.seal.name} is no seal")
    if seal.hash != digest(_own_part(seal)) or day_of(day) != seal.day:
        raise FormatError(f"{day.seal.name} was edited")
    return seal


def gap(seal: Seal) -> Link:
    """The end of the chain behind a sealed day."""
    return Link(seal.last, seal.head, seal.until)


def day_of(day: Day) -> str:
    """2026-11-22 for the file of that day."""
    digits = day.name.removeprefix("audit_").removesuffix(".jsonl")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Days before `before` are sealed; lines of days before `keep_from` are given up, None gives up none."""

    before: date
    keep_from: date | None = None


def due_days(folder: Path, terms: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The days to seal and those to give up. Raises OSError."""
    due = _over(folder, terms)
    return tuple(day_of(day) for day in due if day.plain.exists() and not _is_empty(day)), tuple(
        day_of(day) for day in due if _is_old(day, terms) and (day.plain.exists() or day.packed.exists())
    )


def seal_days(folder: Path, terms: Terms) -> Sealing:
    """Seal the days that are over, oldest first, and give up the lines of those that need not be kept.

    The day of the newest line is never sealed, and no writer waits: what is over is not written any more. One process
    seals at a time; another finds nothing to do. A process killed in the midst leaves every line readable, and the next
    call goes on. Raises StorageFailed where a day is not as it was written: from there on all stays as it is. Raises
    OSError.
    """
    if not folder.is_dir():
        return Sealing()
    (folder / SEALED).mkdir(mode=FOLDER_MODE, exist_ok=True)
    with opened(folder / SEALED / _LOCK, os.O_RDWR | os.O_CREAT) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return Sealing()
        due = _over(folder, terms)
        made = tuple(_sealed_in_turn(due))
        gone = tuple(_given_up(due, terms))
    return Sealing(sealed=made, dropped=gone)


def _over(folder: Path, terms: Terms) -> list[Day]:
    end = min(terms.before.isoformat(), _newest(folder))
    return [day for day in days(folder) if day_of(day) < end]


def _is_old(day: Day, terms: Terms) -> bool:
    return terms.keep_from is not None and day_of(day) < terms.keep_from.isoformat()


def _is_empty(day: Day) -> bool:
    """Whether its only line was torn and put aside."""
    return day.plain.exists() and day.plain.stat().st_size == 0


def _newest(folder: Path) -> str:
    """The day of the newest line that the head remembers."""
    try:
        with held_for_reading(folder) as head:
            return (remembered(head) or GENESIS).timestamp[:10]
    except FileNotFoundError:
        return ""


def _sealed_in_turn(due: list[Day]) -> Iterator[Seal]:
    last, before = GENESIS, None
    for day in due:
        if _is_empty(day):
            continue
        seal = _checked(day)
        if seal is None:
            seal = _seal(day, last, before)
            yield seal
        elif day.plain.exists():  # killed before the last step
            _let_go(day, day.plain)
        last, before = gap(seal), seal.hash


def _checked(day: Day) -> Seal | None:
    try:
        return read_seal(day)
    except FormatError as error:
        raise StorageFailed(
            error.message, hint="`fops audit verify` says more; nothing was sealed from there on"
        ) from error


def _seal(day: Day, last: Link, before: str | None) -> Seal:
    """Compress a day, then its seal, then let the plain file go: each step whole on the disk before the next."""
    first, end, lines = _walk(day, last)
    packed = _pack(day)
    seal = Seal(
        schema=SCHEMA, day=day_of(day), first=first.seq, last=end.seq, prev=first.prev, head=end.hash, until=end.timestamp,
        digest=lines, packed=packed, before=before, hash="",
    )  # fmt: skip
    seal = dataclasses.replace(seal, hash=digest(_own_part(seal)))
    _write(day.seal, [_compose(seal)])
    _let_go(day, day.plain)
    return seal


def _walk(day: Day, last: Link) -> tuple[AuditEntry, Link, str]:
    """First line, end and digest of a day that continues the chain. Raises StorageFailed where it does not."""
    first, lines, number = None, hashlib.sha256(), 0
    with day.reading() as file:
        for number, raw in enumerate(file, 1):
            entry = read(raw)
            if entry is None or not is_sealed(entry) or (entry.seq, entry.prev) != (last.seq + 1, last.hash):
                raise StorageFailed(
                    f"{day.name}:{number} is not what was written, so that day is not sealed",
                    hint="`fops audit verify` says more; nothing was sealed from there on",
                )
            first, last = first or entry, link_of(entry)
            lines.update(raw)
    if first is None:
        raise StorageFailed(
            f"{day.name} holds no line, so that day is not sealed", hint="`fops audit verify` says more"
        )
    return first, last, f"sha256:{lines.hexdigest()}"


def _pack(day: Day) -> str:
    with day.plain.open("rb") as file:
        blocks = iter(lambda: file.read(_BLOCK), b"")
        _write(day.packed, blocks, compressed=True)
    return digest_of(day.packed)


def digest_of(path: Path) -> str:
    """The digest of a file that is not read into memory."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _write(path: Path, blocks: Iterator[bytes] | list[bytes], *, compressed: bool = False) -> None:
    """A file that is there whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    with (
        opened(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor,
        open(descriptor, "wb", closefd=False) as file,
    ):
        target: Any = gzip.GzipFile("", "wb", fileobj=file, mtime=0) if compressed else file
        for block in blocks:
            target.write(block)
        if compressed:
            target.close()
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
    sync_folder(path.parent)


def _given_up(due: list[Day], terms: Terms) -> Iterator[str]:
    for day in due:
        if _is_old(day, terms) and day.packed.exists():
            _let_go(day, day.packed)
            yield day_of(day)


def _let_go(day: Day, path: Path) -> None:
    """Remove one form of a day that another stands for. Raises StorageFailed where it does not."""
    seal = _checked(day)
    if seal is None or (
        path == day.plain and (not day.packed.exists() or digest_of(day.packed) != seal.packed)
    ):
        raise StorageFailed(f"{day.packed.name} is not what was sealed", hint="`fops audit verify` says more")
    path.unlink()
    sync_folder(path.parent)


def _own_part(seal: Seal) -> dict[str, Any]:
    return {key: getattr(seal, key) for key in _KEYS if key != "hash"}


def _compose(seal: Seal) -> bytes:
    return (
        json.dumps({key: getattr(seal, key) for key in _KEYS}, separators=(",", ":")).encode("ascii") + b"\n"
    )
