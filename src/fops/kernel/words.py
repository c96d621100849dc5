"""Words about numbers."""

from __future__ import annotations


def several(count: int, noun: str) -> str:
    """`1 file`, `2 files`, `0 files`: for nouns whose plural adds an s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
