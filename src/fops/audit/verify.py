"""Walk the chain from its first line and name the first one that is not what was written."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fops.audit.days import HEAD, Day, day_name, days, held_for_reading, remembered, told_as_storage
from fops.audit.line import is_sealed, read
from fops.audit.model import GENESIS, Anchors, AuditEntry, AuditVerdict, Link, Outcome, Seal, link_of
from fops.audit.seals import digest_of, gap, read_seal
from fops.audit.tail import last_whole, torn_name
from fops.kernel.errors import FopsError, FormatError

SEAL_ACTION = "audit.seal"
"""The action whose entry names the seals that it made, so that the chain itself vouches for them."""

_Flaw = tuple[str, str]  # where, and what is wrong there


@dataclass(frozen=True, slots=True)
class _Measured:
    """A day as it was at one moment: where the whole lines of its plain file end, and that file's size."""

    day: Day
    end: int | None = None
    size: int = 0


@dataclass(slots=True)
class _Kept:
    """What the database remembers of the chains that are met, asked for once each; `known` is False once it cannot say."""

    anchors: Anchors
    chains: dict[str, Mapping[int, str]] = field(default_factory=dict)
    known: bool = True

    def of(self, chain: str) -> Mapping[int, str]:
        if chain not in self.chains:
            try:
                self.chains[chain] = self.anchors.of(chain) if self.known else {}
            except FopsError:
                self.known, self.chains[chain] = False, {}
        return self.chains[chain]


@dataclass(slots=True)
class _Reached:
    """How far the walk has come."""

    head: Link | None
    kept: _Kept
    end: Link = GENESIS
    place: tuple[str, int] = (HEAD, 1)
    dropped: int = 0
    since: str | None = None
    before: str | None = None
    anchored: int = 0
    seals: dict[str, str] = field(default_factory=dict)


def verify(folder: Path, *, anchors: Anchors, chain: str) -> AuditVerdict:
    """Check every line written before this call, against the anchors of this chain and of those it meets.

    Raises StorageFailed when the trail cannot be read.
    """
    with told_as_storage(folder, "read"):
        kept = _Kept(anchors)
        kept.of(
            chain
        )  # asked for before the trail is looked at: what is anchored meanwhile would seem to be missing
        head, measured = _snapshot(folder)
        reached = _Reached(head, kept)
        flaw = next(filter(None, (_day(reached, one) for one in measured)), None) or _ending(reached)
    return _verdict(reached, flaw, _torn(measured))


def _snapshot(folder: Path) -> tuple[Link | None, list[_Measured]]:
    """Head and days of one moment, between two writes."""
    try:
        with held_for_reading(folder) as descriptor:
            return remembered(descriptor), [_measure(day) for day in days(folder)]
    except FileNotFoundError:
        return None, [_measure(day) for day in days(folder)]


def _measure(day: Day) -> _Measured:
    try:
        with day.plain.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _Measured(day, last_whole(file.fileno(), size)[0], size)
    except FileNotFoundError:
        return _Measured(day)


def _day(reached: _Reached, measured: _Measured) -> _Flaw | None:
    day = measured.day
    try:
        seal = read_seal(day)
    except FormatError as error:
        return f"{day.seal.name}:1", error.message
    if seal and seal.before != reached.before:
        return f"{day.seal.name}:1", "does not continue the seal before it"
    try:
        flaw = _lines(reached, measured, seal)
    except FileNotFoundError:
        flaw = _gap(reached, day, seal)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        flaw = (f"{reached.place[0]}:{reached.place[1]}", "and what follows cannot be unpacked")
    if seal:
        reached.before, reached.seals[seal.day] = seal.hash, seal.hash
    return flaw


def _lines(reached: _Reached, measured: _Measured, seal: Seal | None) -> _Flaw | None:
    day, lines = measured.day, hashlib.sha256()
    with day.reading() as file:
        packed = isinstance(file, gzip.GzipFile)
        name = day.packed.name if packed else day.name
        reached.place = (name, 1)
        for number, raw in enumerate(_up_to(file, measured.end), 1):
            if flaw := _line(reached, raw, day):
                return f"{name}:{number}", flaw
            reached.place = (name, number + 1)
            if seal:
                lines.update(raw)
    if seal and (f"sha256:{lines.hexdigest()}", reached.end) != (seal.digest, gap(seal)):
        return f"{name}:{reached.place[1]}", "is not what was sealed"
    if seal and packed and digest_of(day.packed) != seal.packed:
        return f"{name}:1", "is not the file that was sealed, though its lines are"
    return None


def _up_to(file: Any, end: int | None) -> Iterator[bytes]:
    read_so_far = 0
    for raw in file:
        if end is not None and read_so_far >= end:
            return
        read_so_far += len(raw)
        yield raw


def _line(reached: _Reached, raw: bytes, day: Day) -> str:
    """What is wrong with a line; empty for nothing, and then the walk stands behind it."""
    entry = read(raw)
    if entry is None:
        return "is no line of the trail"
    if why := next(_flaws(reached, entry, day.name), ""):
        return why
    reached.end, reached.since = link_of(entry), reached.since or entry.timestamp
    return ""


def _flaws(reached: _Reached, entry: AuditEntry, name: str) -> Iterator[str]:
    """What is wrong with an entry that follows the end reached, in the day of this name, gravest first."""
    before, head = reached.end, reached.head
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
    if not _as_anchored(reached, entry.chain, link_of(entry)):
        yield "is not the line that the database remembers"
    if entry.action == SEAL_ACTION and entry.outcome is Outcome.SUCCEEDED:
        yield from _unlike(reached.seals, entry.details)


def _as_anchored(reached: _Reached, chain: str, end: Link) -> bool:
    known = reached.kept.of(chain).get(end.seq)
    if known == end.hash:
        reached.anchored = end.seq
    return known in {None, end.hash}


def _unlike(seals: Mapping[str, str], details: Mapping[str, Any]) -> Iterator[str]:
    """Seals that an entry names and that are others now."""
    result = details.get("result")
    named = result.get("sealed") if isinstance(result, Mapping) else None
    for one in named if isinstance(named, list) else ():
        if isinstance(one, Mapping) and seals.get(str(one.get("day"))) != one.get("hash"):
            yield f"names another seal of {one.get('day')} than the one that is there"


def _gap(reached: _Reached, day: Day, seal: Seal | None) -> _Flaw | None:
    """A day whose lines were given up: its seal stands for them."""
    if seal is None:
        return f"{day.name}:1", "is missing"
    if (seal.first, seal.prev) != (reached.end.seq + 1, reached.end.hash) or seal.last < seal.first:
        return f"{day.seal.name}:1", "does not continue the line before it"
    if not all(_as_anchored(reached, chain, gap(seal)) for chain in list(reached.kept.chains)):
        return f"{day.seal.name}:1", "is not the line that the database remembers"
    reached.end, reached.place = gap(seal), (day.seal.name, 1)
    reached.dropped += seal.last - seal.first + 1
    return None


def _ending(reached: _Reached) -> _Flaw | None:
    """What is wrong with a trail that ends where the walk has come to."""
    end, head = reached.end, reached.head
    place = f"{reached.place[0]}:{reached.place[1]}"
    if head is None and end.seq:
        return f"{HEAD}:1", "is missing or unreadable: nothing says where the trail should end"
    remembered_here = max((max(known, default=0) for known in reached.kept.chains.values()), default=0)
    for keeper, seq in ((HEAD, head.seq if head else 0), ("the database", remembered_here)):
        if end.seq < seq:
            return place, f"is missing: the trail ends with seq {end.seq}, but {keeper} remembers {seq}"
    return None


def _torn(measured: Sequence[_Measured]) -> tuple[str, ...]:
    places = []
    for one in measured:
        torn = torn_name(one.day.plain)
        if torn.exists():
            places.append(torn.name)
        if one.end is not None and one.end < one.size:
            places.append(f"{one.day.name} from byte {one.end}")
    return tuple(places)


def _verdict(reached: _Reached, flaw: _Flaw | None, torn: tuple[str, ...]) -> AuditVerdict:
    where, why = flaw or (None, None)
    return AuditVerdict(
        ok=flaw is None, entries=reached.end.seq, head=reached.end.hash if reached.end.seq else None, first_bad=where, why=why,
        torn=torn, dropped=reached.dropped, since=reached.since, anchored=reached.anchored if reached.kept.known else None,
    )  # fmt: skip
