"""An entry as one line of text, and the seal that makes an edit visible. Pure."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from fops.audit.model import AuditEntry, Outcome
from fops.kernel.canonical import digest, digest_bytes
from fops.kernel.errors import FormatError

KEYS = tuple(field.name for field in dataclasses.fields(AuditEntry))


def as_line(entry: AuditEntry) -> dict[str, Any]:
    """The entry as the JSON object of its line, keys in their order."""
    return {key: getattr(entry, key) for key in KEYS}


def seal(entry: AuditEntry) -> AuditEntry:
    """The entry with its hash: SHA-256 over the canonical JSON of all other keys."""
    return dataclasses.replace(entry, hash=digest(_sealed_part(entry)))


def is_sealed(entry: AuditEntry) -> bool:
    """Whether the hash is that of the content."""
    part = _sealed_part(entry)
    try:
        # The C encoder writes RFC 8785 for all but rare numbers and names, many times faster: tried first.
        quick = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        return entry.hash == digest_bytes(quick) or entry.hash == digest(part)
    except (ValueError, FormatError):
        return False


def compose(entry: AuditEntry) -> bytes:
    """The line, newline included; plain ASCII, so that no name can play tricks on a terminal."""
    return json.dumps(as_line(entry), separators=(",", ":")).encode("ascii") + b"\n"


def read(raw: bytes) -> AuditEntry | None:
    """The entry of a whole line; None for anything else, such as a line that was torn."""
    if not raw.endswith(b"\n"):
        return None
    try:
        fields = json.loads(raw)
        if [type(fields[key]) for key in ("seq", "timestamp", "hash")] != [int, str, str]:
            return None
        return AuditEntry(**(fields | {"outcome": Outcome(fields["outcome"])}))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _sealed_part(entry: AuditEntry) -> dict[str, Any]:
    part = as_line(entry)
    del part["hash"]
    return part
