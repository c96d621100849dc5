"""What a person may choose, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from fops.onboarding.model import Assumption, OnboardingPlan, Target

DEFAULT_ENVIRONMENTS = ("staging", "prod")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The choices of one run; None where a person said nothing, so that what an earlier run was told may hold.

    `sets` holds `--set` answers by fact, or by `SERVICE.fact` where there are several services; `path` picks one
    application; `today` judges end-of-life dates and is None where nobody asks.
    """

    target: Target | None = None
    environments: tuple[str, ...] | None = None
    auto_detect: bool | None = None
    path: str | None = None
    sets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    today: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The plan, and those of its assumptions that a `--set` answers."""

    plan: OnboardingPlan
    questions: tuple[Assumption, ...]
