"""The noun of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: `kind` such as `onboarding.proposed`, `subject` the id it is about, `data` JSON."""

    kind: str
    subject: str
    data: Mapping[str, Any]
