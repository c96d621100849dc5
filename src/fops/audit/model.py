"""The nouns of the audit trail. Frozen values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

VERSION = 1  # `v` of every line; raised when the meaning of a key changes


class Outcome(StrEnum):
    """How an action stands when its line is written; `unknown` when a write timed out and nobody could probe it."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the trail; the fields are its keys, in the order in which they are written.

    Attributes: `seq` counts from 1 through all files, and orders; `timestamp` as `kernel.clock.isoformat`, never
    before the line ahead; `chain` the node that wrote it; `prev` the hash of the line ahead; `hash` the digest of
    the canonical JSON of all other keys.
    """

    v: int
    seq: int
    id: str
    timestamp: str
    tenant: str
    actor: str
    door: str
    action: str
    target: str
    outcome: Outcome
    details: Mapping[str, Any]
    request_id: str
    operation_id: str | None
    step: int | str | None
    attempt: int
    approval_id: str | None
    chain: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Link:
    """The end of the chain at one moment: what the next line has to continue."""

    seq: int
    hash: str
    timestamp: str


GENESIS = Link(seq=0, hash=f"sha256:{'0' * 64}", timestamp="")
"""What the first line of a trail continues."""


def link_of(entry: AuditEntry) -> Link:
    """The end of the chain after this entry."""
    return Link(entry.seq, entry.hash, entry.timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What `verify` found.

    Attributes: `entries` lines confirmed, counted up to the first bad one; `head` hash of the last of them;
    `first_bad` `file:line` and `why` what is wrong there, both None when `ok`; `torn` where half-written lines lie,
    which is no fault of the chain: a line that never became whole was never answered for; `dropped` lines that were
    sealed and then given up, so that only their seals were checked, and `since` the time of the first line still here;
    `anchored` the highest seq that was compared with the database, 0 for none, None where it could not be asked.
    """

    ok: bool
    entries: int
    head: str | None
    first_bad: str | None = None
    why: str | None = None
    torn: tuple[str, ...] = ()
    dropped: int = 0
    since: str | None = None
    anchored: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a day's lines were; the fields are the keys of its file, in this order.

    `day` such as 2026-11-22; `first` and `last` are the seq of its lines, `prev` what the first of them continues and
    `head` the hash of the last, whose time is `until`; `digest` is that of the lines, `packed` that of the compressed
    file; `before` is the hash of the seal before it, None for the first; `hash` that of all other keys.
    """

    schema: str
    day: str
    first: int
    last: int
    prev: str
    head: str
    until: str
    digest: str
    packed: str
    before: str | None
    hash: str


class Anchors(Protocol):
    """Where ends of chains are kept outside of the trail's folder, so that a trail cut short or replaced is found."""

    def reached(self, chain: str, end: Link) -> None:
        """The chain has this end on the disk. Returns at once, raises nothing; whether it is kept is up to the keeper."""

    def of(self, chain: str) -> Mapping[int, str]:
        """Hashes by seq of the ends that were kept. Raises FopsError."""


class NoAnchors:
    """A trail that stands alone."""

    def reached(self, chain: str, end: Link) -> None:
        """Keep nothing."""

    def of(self, chain: str) -> Mapping[int, str]:
        """Nothing was kept."""
        del chain
        return {}
