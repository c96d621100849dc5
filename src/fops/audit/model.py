"""The nouns of the audit trail. Frozen values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    which is no fault of the chain: a line that never became whole was never answered for.
    """

    ok: bool
    entries: int
    head: str | None
    first_bad: str | None = None
    why: str | None = None
    torn: tuple[str, ...] = ()
