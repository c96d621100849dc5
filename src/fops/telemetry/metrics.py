"""Metrics: what is counted and timed while it happens, in a registry of one house's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from fops.actions.operations import StepEvent
from fops.audit import Outcome
from fops.telemetry.hear import OUTCOMES, Run
from fops.telemetry.model import Described, Sights
from fops.telemetry.seen import Seen

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_NAMES = (
    200  # of one label: a registry has some dozens; a name that is no longer bounded must not fill a memory
)
OTHER = "other"

_REQUEST = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    60,
    300,
)  # 0.5 s is the aim, 300 s the longest wait
_WORK = (
    0.1,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    60,
    300,
    1800,
)  # a small repository takes two seconds, a large clone minutes
_ACTION = (0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60)  # a read is milliseconds; 60 s is the time an action has
_WAIT = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30)  # 30 s is when a wait for the database ends as Busy


COUNTED = (
    Described(name="fops_http_requests_total", kind="counter", labels=("method", "route", "code"), means="Requests answered, by the template of their route."),
    Described(name="fops_http_request_duration_seconds", kind="histogram", labels=("method", "route"), buckets=_REQUEST, means="Time to the end of an answer; event streams are left out."),
    Described(name="fops_http_requests_in_flight", kind="gauge", means="Requests that are being answered, event streams included."),
    Described(name="fops_http_streams_open", kind="gauge", means="Event streams that somebody follows."),
    Described(name="fops_operations_total", kind="counter", labels=("kind", "outcome"), means="Operations that ended in this process, or left it to wait for a person."),
    Described(name="fops_operation_duration_seconds", kind="histogram", labels=("kind",), buckets=_WORK, means="Time of an operation from its first step to its end, without its wait."),
    Described(name="fops_operations_running", kind="gauge", labels=("kind",), means="Operations that run in this process."),
    Described(name="fops_step_duration_seconds", kind="histogram", labels=("step", "status"), buckets=_WORK, means="Time of one step of an operation."),
    Described(name="fops_actions_total", kind="counter", labels=("action", "outcome"), means="Lines of the audit trail: each change is started, then succeeded, failed or unknown; or refused."),
    Described(name="fops_action_duration_seconds", kind="histogram", labels=("action",), buckets=_ACTION, means="Time of one action, reads included."),
    Described(name="fops_audit_append_failures_total", kind="counter", means="Lines of the audit trail that could not be written; the change did not happen, or was undone."),
    Described(name="fops_database_wait_seconds", kind="histogram", buckets=_WAIT, means="Time until a transaction began: a free connection, and on SQLite the lock of a writer."),
)  # fmt: skip


class Metrics:
    """Hears the house and is read at `/metrics`. Values of labels are names of the code; more than a bound become `other`."""

    def __init__(self, sights: Sights) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # one series less for each counter and histogram, which nobody here asks for
        self.registry = CollectorRegistry()
        self._names: dict[str, set[str]] = {}
        self._requests = self._counter("fops_http_requests_total")
        self._request_seconds = self._histogram("fops_http_request_duration_seconds")
        self._in_flight = self._gauge("fops_http_requests_in_flight")
        self._streams = self._gauge("fops_http_streams_open")
        self._operations = self._counter("fops_operations_total")
        self._operation_seconds = self._histogram("fops_operation_duration_seconds")
        self._running = self._gauge("fops_operations_running")
        self._step_seconds = self._histogram("fops_step_duration_seconds")
        self._actions = self._counter("fops_actions_total")
        self._action_seconds = self._histogram("fops_action_duration_seconds")
        self._unwritten = self._counter("fops_audit_append_failures_total")
        self._waits = self._histogram("fops_database_wait_seconds")
        ProcessCollector(registry=self.registry)
        self.registry.register(Seen(sights))
        self._sights = sights

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        kinds, actions = self._sights.names()
        for kind in kinds:
            for outcome in OUTCOMES:
                self._operations.labels(self._bounded("operation", kind), outcome)
        for action in actions:
            for outcome in Outcome:
                self._actions.labels(self._bounded("action", action), outcome)
        return generate_latest(self.registry)

    def request_began(self) -> None:
        """One more request is being answered."""
        self._in_flight.inc()

    def request_ended(self, *, method: str, route: str, code: int, seconds: float | None) -> None:
        """It is answered; without `seconds` it was a stream, whose length says nothing."""
        self._in_flight.dec()
        self._requests.labels(method, route, str(code)).inc()
        if seconds is not None:
            self._request_seconds.labels(method, route).observe(seconds)

    @contextmanager
    def stream(self) -> Iterator[None]:
        """An event stream is open."""
        with self._streams.track_inprogress():
            yield

    @contextmanager
    def during(self, run: Run) -> Iterator[None]:
        """As `Ear`."""
        name = self._bounded(run.kind, run.name)
        if run.kind == "action":
            with self._action_seconds.labels(name).time():
                yield
            return
        began = perf_counter()
        with self._running.labels(name).track_inprogress():
            try:
                yield
            finally:
                self._operations.labels(name, run.outcome).inc()
                self._operation_seconds.labels(name).observe(perf_counter() - began)

    def stepped(self, event: StepEvent) -> None:
        """As `Ear`."""
        if event.seconds is not None:
            self._step_seconds.labels(self._bounded("step", event.step), event.status).observe(event.seconds)

    def audited(self, action: str, outcome: str) -> None:
        """As `Ear`."""
        if outcome == "unwritten":
            self._unwritten.inc()
        else:
            self._actions.labels(self._bounded("action", action), outcome).inc()

    def waited(self, seconds: float) -> None:
        """As `Ear`."""
        self._waits.observe(seconds)

    def _bounded(self, label: str, name: str) -> str:
        names = self._names.setdefault(label, set())
        if name not in names and len(names) >= MOST_NAMES:
            return OTHER
        names.add(name)
        return name

    def _counter(self, name: str) -> Counter:
        one = _BY_NAME[name]
        return Counter(one.name, one.means, one.labels, registry=self.registry)

    def _gauge(self, name: str) -> Gauge:
        one = _BY_NAME[name]
        return Gauge(one.name, one.means, one.labels, registry=self.registry)

    def _histogram(self, name: str) -> Histogram:
        one = _BY_NAME[name]
        return Histogram(one.name, one.means, one.labels, registry=self.registry, buckets=one.buckets)


_BY_NAME = {one.name: one for one in COUNTED}
