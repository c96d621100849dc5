"""The life of one worker: signs of life, the lease, handing queued hops to the engine, and an orderly end."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fops.kernel.clock import Clock
from fops.kernel.errors import FopsError
from fops.storage.database import Database
from fops.workflows import store
from fops.workflows.ports import Durable, Json, Shift, Work
from fops.workflows.proof import ProofOfLife
from fops.workflows.schedule import Schedule, run_due

LOOK_SECONDS = 0.5  # between two looks for hops that other processes queued; one small query
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a worker works: hops at a time, seconds of its lease, and whether only the leader may run hops (SQLite).

    `proof` shortens the wait for a leader that died on this machine; None where workers are on several.
    """

    concurrency: int
    lease_seconds: float
    exclusive: bool
    proof: ProofOfLife | None = None


@dataclass(slots=True)
class Launch:
    """One launch of the engine, with an id of its own: what it began is never mistaken for that of another launch."""

    worker: str
    database: Database
    clock: Clock
    exclusive: bool
    draining: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def holds(self, connection: Any) -> bool:
        """As `Shift`."""
        if self.draining.is_set():
            return False
        at = store.now(connection, self.clock)
        if self.exclusive:
            return store.holds_lease(connection, store.RUNNER, self.worker, at=at)
        return store.lives(connection, self.worker, at=at)

    def must_stop(self) -> bool:
        """As `Shift`."""
        return self.stopping.is_set()


class Worker:
    """Takes hops until it is stopped. Two threads: one that gives signs of life, one that does the rest."""

    def __init__(
        self, *, database: Database, clock: Clock, work: Work, durable: Durable, terms: Terms, schedules: Sequence[Schedule] = ()
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._work = _Counted(work)
        self._durable = durable
        self._terms = terms
        self._schedules = schedules
        self._launch = self._new_launch()
        self._launched = False
        self._leads_until = 0.0
        self._tends_at = 0.0
        self._told: set[str] = set()
        self._lost = threading.Event()
        self._wake = threading.Event()
        self._end = threading.Event()
        self._gone = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def leads(self) -> bool:
        """Whether it holds the runner's lease, judged by its own clock from before it asked."""
        return self._clock.elapsed() < self._leads_until

    @property
    def is_alive(self) -> bool:
        """Whether its threads run."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin; what cannot be done yet is tried again."""
        store.make_ready_for_threads()
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in (("worker-life", self._live), ("worker", self._carry_on))
        ]
        for thread in reversed(self._threads):
            thread.start()

    def nudge(self) -> None:
        """Look for hops now."""
        self._wake.set()

    def stop(self, seconds: float) -> bool:
        """Take nothing more; let what runs end within the time, or let go at a good moment of its last third.

        Whether nothing runs any more; what does is left for recovery.
        """
        self._launch.draining.set()
        self._end.set()
        self._wake.set()
        ended = self._work.ended(seconds * 2 / 3)
        self._launch.stopping.set()
        ended = ended or self._work.ended(seconds / 3)
        self._gone.set()  # until here it gave signs of life: others must not take over what still runs
        for thread in self._threads:
            thread.join(timeout=seconds)
        self._withdraw()
        self._let_go()
        return ended

    def _new_launch(self) -> Launch:
        name = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
        return Launch(name, self._database, self._clock, self._terms.exclusive)

    def _live(self) -> None:
        # A worker whose other thread died must not look alive: it would keep others from the work.
        while not self._gone.is_set() and (self._end.is_set() or self._threads[-1].is_alive()):
            with suppress(FopsError):  # a database that does not answer now may do so before the lease ends
                self._beat()
            self._gone.wait(self._terms.lease_seconds / 3)

    def _beat(self) -> None:
        asked_at = self._clock.elapsed()
        proven = self._terms.proof.take() if self._terms.proof else False
        launch, seconds = self._launch, self._terms.lease_seconds
        with self._database.write() as connection:
            at = store.now(connection, self._clock)
            store.beat(connection, launch.worker, at=at, seconds=seconds, concurrency=self._terms.concurrency)
            leads = store.take_lease(connection, store.RUNNER, launch.worker, at=at, seconds=seconds, proven=proven)  # fmt: skip
        led = self._leads_until > 0
        self._leads_until = asked_at + seconds if leads else 0.0
        if leads and not led:
            self._wake.set()
        if led and not leads:
            self._lost.set()
        if not leads and self._terms.proof:
            self._terms.proof.let_go()

    def _carry_on(self) -> None:
        while not self._end.is_set():
            with suppress(FopsError):  # tried again at the next look
                self._turn()
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _turn(self) -> None:
        may_run = self.leads or not self._terms.exclusive
        if self._terms.exclusive and self._launched and (self._lost.is_set() or not may_run):
            self._give_up()
            return
        self._lost.clear()
        if not may_run:
            return
        if not self._launched:
            self._durable.launch(self._launch, self._work, concurrency=self._terms.concurrency)
            self._launched = True
        self._hand_over()
        now = self._clock.elapsed()
        if self.leads and now >= self._tends_at:
            self._repair()
            run_due(self._schedules, self._database, self._clock)
            self._tends_at = now + self._terms.lease_seconds

    def _hand_over(self) -> None:
        queued = self._work.queued()
        self._told &= set(queued)
        for hop in queued:
            if hop not in self._told and not self._end.is_set():
                self._durable.enqueue(hop)
                self._told.add(hop)

    def _repair(self) -> None:
        """Take up what dead workers had begun, and queue again what no engine would ever end."""
        with self._database.write() as connection:
            at = store.now(connection, self._clock)
            alive = store.living(connection, at=at)
            store.forget_dead(connection, before=at - DAY)
            tidy = store.begin_run(connection, "forget-hops", every=DAY, at=at)
        others = [] if self._terms.exclusive else [one["id"] for one in alive]
        self._durable.recover([self._launch.worker, *others])
        for hop in self._durable.lost(self._work.unended()):
            self._work.again(hop)
        if tidy:
            self._durable.forget(ended_before=at - DAY)

    def _give_up(self) -> None:
        """The lease is lost: what runs is told to stop, and its results are dropped where they are recorded."""
        self._launch.draining.set()
        self._launch.stopping.set()
        self._withdraw()
        self._let_go()
        self._launch = self._new_launch()
        self._leads_until = self._tends_at = 0.0
        self._told.clear()

    def _let_go(self) -> None:
        with suppress(FopsError), self._database.write() as connection:
            store.let_go(connection, self._launch.worker, at=store.now(connection, self._clock))
        if self._terms.proof:
            self._terms.proof.let_go()

    def _withdraw(self) -> None:
        if self._launched:
            self._launched = False
            self._durable.close()


class _Counted:
    """The work, with an eye on what is being carried out."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._running: set[str] = set()
        self._change = threading.Condition()
        self.queued = work.queued
        self.unended = work.unended
        self.again = work.again

    def act(self, hop: str, shift: Shift) -> Json:
        with self._change:
            self._running.add(hop)
        outcome: Json = {}
        try:
            outcome = self._work.act(hop, shift)
        finally:
            if not outcome:
                self._left(hop)
        return outcome

    def record(self, hop: str, outcome: Json) -> None:
        try:
            self._work.record(hop, outcome)
        finally:
            self._left(hop)

    def ended(self, seconds: float) -> bool:
        with self._change:
            return self._change.wait_for(lambda: not self._running, timeout=seconds)

    def _left(self, hop: str) -> None:
        with self._change:
            self._running.discard(hop)
            self._change.notify_all()
