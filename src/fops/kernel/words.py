"""Words about numbers and values."""

from __future__ import annotations

import json


def several(count: int, noun: str) -> str:
    """`1 file`, `2 files`, `0 files`: for nouns whose plural adds an s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def shown(value: object) -> str:
    """A value in a sentence: text as it is, everything else as the JSON that `--json` and the lock show."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
