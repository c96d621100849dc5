"""A durable queue that is not durable: hops on threads, forgotten with the object. Proved by the contract suite of its port."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from fops.workflows.ports import Shift, Work


class ThreadQueue:
    """As `fops.workflows.ports.Durable`, within this process."""

    def __init__(self) -> None:
        self._known: dict[str, Future[None]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def launch(self, shift: Shift, work: Work, *, concurrency: int) -> None:
        def carry_out(hop: str) -> None:
            outcome = work.act(hop, shift)
            if outcome:
                work.record(hop, outcome)

        self._carry_out = carry_out
        self._pool = ThreadPoolExecutor(concurrency)

    def enqueue(self, hop: str) -> None:
        if hop not in self._known:
            assert self._pool is not None
            self._known[hop] = self._pool.submit(self._carry_out, hop)

    def lost(self, hops: Collection[str]) -> Sequence[str]:
        return [hop for hop in hops if hop not in self._known or self._known[hop].done()]

    def recover(self, living: Collection[str]) -> None:
        """Nothing of another process is known here."""

    def forget(self, *, ended_before: datetime) -> None:
        del ended_before  # whatever ended here, ended a moment ago
        self._known = {hop: one for hop, one in self._known.items() if not one.done()}

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._known.clear()
