"""Working: one worker process, from its start to SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from importlib.util import find_spec

from fops.bootstrap import App
from fops.bootstrap.durable import make_worker
from fops.bootstrap.server import STOP_SECONDS
from fops.bootstrap.upkeep import UPKEEP_SECONDS, seal_trail


def work(house: App, *, concurrency: int | None, say: Callable[[str], None]) -> bool:
    """Work until stopped. Whether all work has ended. Raises ModuleNotFoundError without the engine."""
    if find_spec("dbos") is None:
        raise ModuleNotFoundError(name="dbos")
    house.worker = make_worker(house, concurrency=concurrency)
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda _number, _frame: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        house.worker.start()
        say(f"working on {house.home}; Ctrl-C stops")
        due = 0.0
        while not stop.wait(1.0):
            if not house.worker.is_alive:
                raise RuntimeError("the worker's own thread has died")
            if house.clock.elapsed() >= due:
                seal_trail(house)
                due = house.clock.elapsed() + UPKEEP_SECONDS
        return house.close(seconds=STOP_SECONDS)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
