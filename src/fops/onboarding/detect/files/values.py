"""Reach into parsed documents of any shape: manifests are written by people, and anything may stand anywhere."""

from __future__ import annotations

from typing import Any


def nested(value: Any, *keys: str) -> Any:
    """The value under nested keys, None where a level is absent or no mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def items(value: Any) -> list[Any]:
    """The value if it is a list, else nothing."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """A string or number as text, None for anything else."""
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
