"""GitHub Actions by full commit SHA, only from the checked table `actions.json`: a SHA is never invented."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from fops.kernel.errors import NotFound
from fops.onboarding.generate.render import Escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One action of the table: the commit its newest known release points to, and the inputs it takes."""

    action: str
    sha: str
    tag: str
    using: str
    inputs: frozenset[str]


def find_pin(action: str) -> Pin:
    """The pin of `owner/repo[/path]`. Raises NotFound for an action that is not in the table."""
    pin = _table().get(action.lower())
    if pin is None:
        raise NotFound(
            f"action {action!r} is not in the table of checked pins", hint="use one that is, or a run step"
        )
    return pin


def uses(action: str) -> Escaped:
    """The value of `uses:` with the release as a comment, which update tools read. Raises NotFound."""
    pin = find_pin(action)
    return Escaped(f"{pin.action}@{pin.sha} # {pin.tag}")


def unknown_inputs(action: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names an action does not take, in the order given. Raises NotFound."""
    known = find_pin(action).inputs
    return tuple(name for name in names if name not in known)


@cache
def _table() -> Mapping[str, Pin]:
    text = resources.files("fops.onboarding.generate.pipeline").joinpath("actions.json").read_text("utf-8")
    entries = json.loads(text)["actions"].items()
    # GitHub matches owner and repository without regard to case, and so do we.
    return MappingProxyType({action.lower(): _pin(action, entry) for action, entry in entries})


def _pin(action: str, entry: Mapping[str, str]) -> Pin:
    return Pin(
        action=action,
        sha=entry["sha"],
        tag=entry["tag"],
        using=entry["using"],
        inputs=frozenset(entry["inputs"]),
    )
