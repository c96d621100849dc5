"""App: every part of the house, built when first asked for."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from fops.audit import AuditLog, AuditSettings
from fops.auth.model import LOCAL
from fops.auth.settings import AuthSettings
from fops.bootstrap.guards import may_fetch
from fops.bootstrap.identity import Identity
from fops.bootstrap.providers import provider_of
from fops.bootstrap.server import ServerSettings
from fops.bootstrap.settings import Settings
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext
from fops.kernel.correlation import headers
from fops.kernel.ids import new_id
from fops.storage.settings import StorageSettings
from fops.telemetry import Telemetry, heard

if TYPE_CHECKING:
    from fops.actions import Action, InlineRunner, LocalInvoker, Registry, StepEvent
    from fops.actions.durable.background import Background
    from fops.actions.gate import Gate
    from fops.audit.store import AnchoredHeads
    from fops.catalog.record import Catalog
    from fops.onboarding.onboard import Onboarding
    from fops.provenance import Explainer
    from fops.storage.blobs import Blobs
    from fops.telemetry.database import HeardDatabase
    from fops.telemetry.health import Health
    from fops.telemetry.metrics import Metrics
    from fops.telemetry.traces import Tracing
    from fops.workflows.worker import Worker

STORES = (
    "fops.actions.store",
    "fops.audit.store",
    "fops.auth.store",
    "fops.catalog.store",
    "fops.events.store",
    "fops.onboarding.store",
    "fops.provenance.store",
    "fops.workflows.store",
)
"""The modules that declare tables; a database is complete once all of them are imported."""


class App:
    """The wired house of one process. `listener` hears the steps of operations."""

    def __init__(
        self, settings: Settings, *, listener: Callable[[StepEvent], None] = lambda _event: None
    ) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.telemetry = Telemetry()
        self._listener = partial(_told, (self.telemetry.stepped, listener))

    def context(
        self, *, door: str, dry_run: bool = False, request_id: str | None = None, actor: str | None = None
    ) -> RequestContext:
        """A fresh request by the person at this machine, or by another actor."""
        actor, request_id = actor or f"{LOCAL}{_user()}", request_id or new_id("req")
        trace = headers().get("traceparent")
        return RequestContext(actor=actor, door=door, request_id=request_id, dry_run=dry_run, trace=trace)

    def hear(self, event: StepEvent) -> None:
        """A step of an operation, for whoever listens."""
        self._listener(event)

    @property
    def home(self) -> Path:
        """The data directory."""
        return self.settings.home

    @property
    def audit_folder(self) -> Path:
        """Where the audit trail lies."""
        return self.settings.group(AuditSettings).audit_log_dir or self.home / "audit"

    @cached_property
    def audit(self) -> AuditLog:
        """The audit trail of this node."""
        chain = self.settings.group(AuditSettings).audit_chain or os.uname().nodename
        return AuditLog(
            self.audit_folder,
            clock=self.clock,
            chain=chain,
            anchors=self.anchors,
            heard=self.telemetry.audited,
        )

    @cached_property
    def anchors(self) -> AnchoredHeads:
        """Ends of the trail in the database."""
        from fops.audit.store import AnchoredHeads  # noqa: PLC0415 - as database

        return AnchoredHeads(self.database, self.clock, self.audit_folder)

    @cached_property
    def database(self) -> HeardDatabase:
        """The database, with every room's tables declared."""
        for store in STORES:
            import_module(store)
        from fops.telemetry.database import HeardDatabase  # noqa: PLC0415 - SQLAlchemy costs half a second

        return HeardDatabase(
            self.database_url, self.settings.group(StorageSettings), waited=self.telemetry.waited
        )

    @property
    def database_url(self) -> str:
        """The URL of the database in use."""
        chosen = self.settings.group(StorageSettings)
        return chosen.database_url or chosen.sqlite_url or f"sqlite:///{self.home / 'fops.db'}"

    @cached_property
    def blobs(self) -> Blobs:
        """Large outputs by digest."""
        from fops.storage.blobs import Blobs  # noqa: PLC0415 - only what makes something needs it

        return Blobs(self.home / "blobs")

    @cached_property
    def registry(self) -> Registry:
        """What every installed pack brings, and what changes our own records: all that a gate may run."""
        from fops.actions import Registry  # noqa: PLC0415 - pydantic and SQLAlchemy come with it

        packs = [point.load()(self.settings) for point in entry_points(group="fops.packs")]
        every = (*(action for pack in packs for action in pack.actions), *self.own_actions)
        return heard(Registry(every), self.telemetry)

    @cached_property
    def own_actions(self) -> tuple[Action, ...]:
        """What reads and changes the records of rooms below the doors' floor: asked for by name, run by the gate."""
        from fops.actions.own import services, trail, work  # noqa: PLC0415 - as registry

        return (
            *services.actions(self.catalog, self.identity.authority.permits),
            *trail.actions(self.audit, self.settings.group(AuditSettings)),
            *self.identity.actions(),
            *work.actions(self.database, self.clock, self.identity.authority.permits),
        )

    @cached_property
    def identity(self) -> Identity:
        """Who asks, and what they may do."""
        return Identity(
            self.settings.group(AuthSettings), lambda: self.database, self.audit, self.clock, self.home,
            team_of=self._team_of,
        )  # fmt: skip

    def _team_of(self, ctx: RequestContext, service: str) -> str | None:
        return self.catalog.team_of(ctx, service)  # the catalog is made when a grant for a team is looked at

    @cached_property
    def catalog(self) -> Catalog:
        """Which services there are."""
        from fops.catalog.record import Catalog  # noqa: PLC0415 - as registry

        return Catalog(self.database, self.clock)

    @cached_property
    def invoker(self) -> LocalInvoker:
        """The way in for every door: what can be read, and the rooms' workflows."""
        from fops.actions import LocalInvoker, Registry  # noqa: PLC0415 - as registry
        from fops.actions.own import trail  # noqa: PLC0415 - as registry
        from fops.actions.reading import reads  # noqa: PLC0415 - as registry
        from fops.onboarding.actions import workflows  # noqa: PLC0415 - as registry

        guard = partial(may_fetch, self.settings.group(ServerSettings))
        provider = partial(provider_of, self.settings)
        permits = self.identity.authority.permits
        offered = Registry(
            (*reads(self.database, self.audit, self.explainer, permits), *self.own_actions),
            (*workflows(self.onboarding, self.clock, guard, provider), *trail.workflows(self.audit)),
        )
        return LocalInvoker(heard(offered, self.telemetry), self.runner, self.gate, authorise=permits)

    def telling(self, listener: Callable[[StepEvent], None]) -> LocalInvoker:
        """The way in for one caller who listens: steps of what is done at once go there and nowhere else."""
        from fops.actions import InlineRunner  # noqa: PLC0415 - as registry

        return self.invoker.over(
            InlineRunner(self.database, self.clock, partial(_told, (self.telemetry.stepped, listener)))
        )

    @cached_property
    def gate(self) -> Gate:
        """The one gate."""
        from fops.actions.gate import Gate  # noqa: PLC0415 - as registry
        from fops.policy import AllowAll  # noqa: PLC0415 - as registry

        return Gate(self.registry, AllowAll(), self.audit, authorise=self.identity.authority.permits)

    @cached_property
    def runner(self) -> InlineRunner:
        """Runs operations in this process."""
        from fops.actions import InlineRunner  # noqa: PLC0415 - as registry

        return InlineRunner(self.database, self.clock, self._listener)

    @cached_property
    def background(self) -> Background:
        """Queues operations, for a server."""
        from fops.actions.durable.background import Background  # noqa: PLC0415 - as registry

        limits = self.settings.group(ServerSettings)
        return Background(
            self.invoker, self.database, self.clock, most=limits.max_running + limits.max_waiting
        )

    @cached_property
    def worker(self) -> Worker:
        """Carries queued operations out, in a server or on its own."""
        from fops.bootstrap.durable import make_worker  # noqa: PLC0415 - as registry

        return make_worker(self)

    @cached_property
    def metrics(self) -> Metrics:
        """What is measured of this house, from the moment it is first asked for."""
        from fops.bootstrap.observed import metrics_of  # noqa: PLC0415 - only a server counts

        return metrics_of(self)

    @cached_property
    def tracing(self) -> Tracing | None:
        """Spans and log records for a collector; None, and nothing loaded, where no endpoint is set."""
        from fops.bootstrap.observed import tracing_of  # noqa: PLC0415 - only a server sends

        return tracing_of(self)

    @cached_property
    def health(self) -> Health:
        """Whether this house can do its work."""
        from fops.bootstrap.observed import health_of  # noqa: PLC0415 - only a server is asked

        return health_of(self)

    def close(self, *, seconds: float) -> bool:
        """Let what runs come to its end within the time, and let go of the database. Whether nothing runs any more."""
        ended = self.worker.stop(seconds) if "worker" in self.__dict__ else True
        if "anchors" in self.__dict__:
            self.anchors.settle()
        if "database" in self.__dict__:
            self.database.close()
        if self.__dict__.get("tracing"):
            self.__dict__["tracing"].close()
        return ended

    @cached_property
    def onboarding(self) -> Onboarding:
        """The onboarding feature."""
        from fops.onboarding.onboard import Onboarding  # noqa: PLC0415 - as registry

        return Onboarding(gate=self.gate, registry=self.registry, database=self.database, blobs=self.blobs,
                          clock=self.clock)  # fmt: skip

    @cached_property
    def explainer(self) -> Explainer:
        """`fops why` over every room's nouns."""
        from fops.bootstrap.explained import explainer  # noqa: PLC0415 - as database

        return explainer(self)


def open_app(settings: Settings, *, listener: Callable[[StepEvent], None] = lambda _event: None) -> App:
    """The App for some settings. Nothing is opened yet: a part that cannot work says so when it is used."""
    return App(settings, listener=listener)


def _told(listeners: Iterable[Callable[[StepEvent], None]], event: StepEvent) -> None:
    for listener in listeners:
        listener(event)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this uid, as in many containers
        return str(os.getuid())
