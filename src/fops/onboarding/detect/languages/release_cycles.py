"""The release cycles of a product, as endoflife.date had them: read once, for detection and planning alike.

It stands here because planning may import detection and not the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

Cycle = Mapping[str, Any]


def cycles(product: str) -> tuple[Cycle, ...]:
    """The cycles of a product (`python`, `nodejs`, …), the newest first. Raises KeyError for one not in the table."""
    return tuple(_products()[product])


def long_term(of: Iterable[Cycle]) -> tuple[Cycle, ...]:
    """The long-term ones; where `lts` is the day a cycle becomes one, that day must be before the table's newest."""
    every = tuple(of)
    newest = max(str(cycle["release"]) for cycle in every)
    return tuple(
        cycle for cycle in every if cycle["lts"] is True or (cycle["lts"] and str(cycle["lts"]) <= newest)
    )


@cache
def _products() -> dict[str, list[Cycle]]:
    text = resources.files("fops.onboarding.detect.languages").joinpath("eol.json").read_text("utf-8")
    return dict(json.loads(text)["products"])
