"""Prefixed, time-ordered identifiers: `opn_01jd…` (48 bits of milliseconds, 80 random bits, Crockford base 32)."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


def new_id(prefix: str) -> str:
    """A fresh identifier such as `opn_01jdb4v9k2…`; ids made later sort later (by millisecond)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return f"{prefix}_{''.join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -10, -10)])}"


def moment_of(identifier: str) -> datetime:
    """When an identifier was made, to the millisecond. Raises ValueError for what is none."""
    number = 0
    for letter in identifier.rpartition("_")[2]:
        number = number << 5 | _ALPHABET.index(letter)
    return datetime.fromtimestamp((number >> 80) / 1000, UTC)
