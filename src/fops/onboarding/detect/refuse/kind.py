"""The noun: a kind of repository that is no application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fops.onboarding.ports import Tree

Sign = Callable[[Tree], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of non-application; `beats` is the confidence below which a language's claim gives way."""

    name: str
    instead: str
    sign: Sign
    beats: float

    @property
    def reason(self) -> str:
        """One sentence: what it is and what would make it deployable."""
        return f"{self.name}: {self.instead}"
