"""What a person may choose, what is kept of it for the next run, and what comes back.

Nobody should have to repeat a flag for nothing to change.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

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


def kept(options: Options) -> dict[str, Any]:
    """A run's answers as JSON, but for the target, which is kept with the plan. What is the default needs no keeping."""
    usual = options.environments in {None, DEFAULT_ENVIRONMENTS}
    told = {
        "environments": None if usual else list(options.environments or ()),
        "auto_detect": None if options.auto_detect is not False else False,
        "path": options.path,
        "set": dict(sorted(options.sets.items())) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def recalled(options: Options, *, target: str, answers: Mapping[str, Any]) -> Options:
    """The options, with what an earlier run was told where this one says nothing.

    `answers` come from a repository: what has not the shape that `kept` gives is left out, the rest may still be wrong.
    """
    sets, environments, path = answers.get("set"), answers.get("environments"), answers.get("path")
    names = [str(name) for name in environments] if isinstance(environments, list) else []
    told = {str(name): value for name, value in sets.items() if isinstance(value, str)} if isinstance(sets, dict) else {}  # fmt: skip
    blind = False if answers.get("auto_detect") is False else None
    return replace(
        options,
        target=options.target or (Target(target) if target in set(Target) else None),
        environments=options.environments or tuple(names) or None,
        auto_detect=blind if options.auto_detect is None else options.auto_detect,
        path=options.path or (path if isinstance(path, str) else None),
        sets={**told, **options.sets},
    )


def flags(options: Options, given: Options) -> Iterator[str]:
    """The flags that say what `options` has beyond what was `given`; a target by detection is none."""
    if options.environments != given.environments:
        yield from (f"--env {shlex.quote(name)}" for name in options.environments or ())
    if options.auto_detect != given.auto_detect:
        yield "--no-auto-detect"
    if options.path and options.path != given.path:
        yield f"--path {shlex.quote(options.path)}"
    for name, value in options.sets.items():
        if name not in given.sets:
            yield f"--set {shlex.quote(f'{name}={value}')}"
