"""The nouns of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """How a check stands. What is degraded still works, and will not for long."""

    PASSING = "passing"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question of `/health/ready` and its answer; `detail` is one line for whoever runs the server."""

    name: str
    state: State
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A metric as the reference and the alert rules know it; `name` as Prometheus stores it, for a histogram its base."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...] = ()
    means: str
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolState:
    """The connections of one database pool: how many it keeps, how many are in use, how many beyond what it keeps."""

    size: int
    checked_out: int
    overflow: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sights:
    """Where to look. Each is called once a scrape, and must answer within milliseconds.

    `names` gives those of workflows and of actions that change something: what may be counted is there with 0 before it
    first happens, since no rate can be told of a series that begins with 1.
    """

    names: Callable[[], tuple[Iterable[str], Iterable[str]]]
    pool: Callable[[], PoolState | None]
    waiting: Callable[[], int]
    checks: Callable[[], Mapping[str, float]]
    free_bytes: Callable[[], float]
