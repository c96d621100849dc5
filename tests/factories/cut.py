"""A process that carries out one hop and is killed at a chosen point of it: `python -m factories.cut POINT`.

It takes up what waits in the data directory of its environment. `none` lets it come to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from fops.actions.durable.hops import Hops
from fops.audit import AuditLog, Outcome
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.onboarding.onboard import Onboarding
from fops.packs.git import change_request


class Alone:
    """The shift of the only worker there is."""

    worker = "alone"

    def holds(self, _connection: Any) -> bool:
        return True

    def must_stop(self) -> bool:
        return False


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str) -> None:
    setattr(owner, name, lambda *_words, **_named: _die())


def _after(owner: Any, name: str, wanted: Callable[[dict[str, Any]], bool] = lambda _named: True) -> None:
    real = getattr(owner, name)

    def call(*words: Any, **named: Any) -> Any:
        result = real(*words, **named)
        if wanted(named):
            _die()
        return result

    setattr(owner, name, call)


def _line(outcome: Outcome) -> None:
    _after(AuditLog, "append", lambda named: named["outcome"] is outcome)


POINTS: dict[str, Callable[[], None]] = {
    "the plan is there": lambda: _before(Onboarding, "_propose"),
    "the trail says started": lambda: _line(Outcome.STARTED),
    "the folder is built": lambda: _after(change_request, "_build"),
    "the folder is in its place": lambda: _before(change_request, "_move_branch"),
    "the branch is there": lambda: _after(change_request, "_move_branch"),
    "the trail says succeeded": lambda: _line(Outcome.SUCCEEDED),
    "the proposal is kept": lambda: _after(Onboarding, "_recorded"),
    "the end is not recorded": lambda: _before(Hops, "record"),
    "none": lambda: None,
}


def main(point: str) -> None:
    house = open_app(Settings())
    hops = Hops(house.invoker, house.database, house.clock, max_attempts=20)
    POINTS[point]()
    for hop in hops.unended():
        hops.record(hop, hops.act(hop, Alone()))


if __name__ == "__main__":
    main(sys.argv[1])
