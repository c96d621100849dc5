"""Walk the chain from its first line and name the first one that is not what was written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.audit.days import HEAD, day_files, day_name, held_for_reading, remembered, told_as_storage
from fops.audit.line import is_sealed, read
from fops.audit.model import GENESIS, AuditEntry, AuditVerdict, Link, link_of
from fops.audit.tail import last_whole, torn_name

_Day = tuple[Path, int, int]  # a day file, where its whole lines end, its size


def verify(folder: Path) -> AuditVerdict:
    """Check every line written before this call. Raises StorageFailed when the trail cannot be read."""
    with told_as_storage(folder, "read"):
        head, days = _snapshot(folder)
        return _walk(days, head, _torn(days))


def _snapshot(folder: Path) -> tuple[Link | None, list[_Day]]:
    """Head and day files of one moment, between two writes."""
    try:
        with held_for_reading(folder) as descriptor:
            return remembered(descriptor), [_measure(path) for path in day_files(folder)]
    except FileNotFoundError:
        return None, [_measure(path) for path in day_files(folder)]


def _measure(path: Path) -> _Day:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        end, _ = last_whole(file.fileno(), size)
    return path, end, size


def _walk(days: Sequence[_Day], head: Link | None, torn: tuple[str, ...]) -> AuditVerdict:
    end, place = GENESIS, (HEAD, 1)
    for name, number, raw in _numbered(days):
        entry = read(raw)
        why = next(_flaws(entry, end, name, head), "") if entry else "is no line of the trail"
        if entry is None or why:
            return _broken(end, f"{name}:{number}", why, torn)
        end, place = link_of(entry), (name, number + 1)
    if head is None and end.seq:
        return _broken(
            end, f"{HEAD}:1", "is missing or unreadable: nothing says where the trail should end", torn
        )
    if head and end.seq < head.seq:
        why = f"is missing: the trail ends with seq {end.seq}, but {HEAD} remembers {head.seq}"
        return _broken(end, f"{place[0]}:{place[1]}", why, torn)
    return AuditVerdict(ok=True, entries=end.seq, head=end.hash if end.seq else None, torn=torn)


def _numbered(days: Sequence[_Day]) -> Iterator[tuple[str, int, bytes]]:
    for path, end, _ in days:
        read_so_far = 0
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if read_so_far >= end:
                    break
                read_so_far += len(raw)
                yield path.name, number, raw


def _flaws(entry: AuditEntry, before: Link, name: str, head: Link | None) -> Iterator[str]:
    """What is wrong with an entry that follows `before` in the file of this name, gravest first."""
    if not is_sealed(entry):
        yield "was edited: its hash is not that of its content"
    if entry.seq != before.seq + 1:
        yield f"has seq {entry.seq} where {before.seq + 1} belongs: lines were removed, added or moved"
    if entry.prev != before.hash:
        yield "does not continue the line before it"
    if entry.timestamp < before.timestamp or day_name(entry.timestamp) != name:
        yield f"carries a time that does not belong there: {entry.timestamp}"
    if head and entry.seq == head.seq and entry.hash != head.hash:
        yield f"is not the line that {HEAD} remembers"


def _torn(days: Sequence[_Day]) -> tuple[str, ...]:
    places = []
    for path, end, size in days:
        if torn_name(path).exists():
            places.append(torn_name(path).name)
        if end < size:
            places.append(f"{path.name} from byte {end}")
    return tuple(places)


def _broken(end: Link, place: str, why: str, torn: tuple[str, ...]) -> AuditVerdict:
    head = end.hash if end.seq else None
    return AuditVerdict(ok=False, entries=end.seq, head=head, first_bad=place, why=why, torn=torn)
