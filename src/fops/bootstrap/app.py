"""App: every part of the house, built when first asked for."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from fops.audit import AuditLog, AuditSettings
from fops.auth import EVERYWHERE
from fops.auth.model import LOCAL
from fops.auth.settings import AuthSettings
from fops.bootstrap.guards import may_fetch, may_look
from fops.bootstrap.identity import Identity
from fops.bootstrap.server import ServerSettings
from fops.bootstrap.settings import Settings
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id
from fops.storage.settings import StorageSettings

if TYPE_CHECKING:
    from fops.actions import Action, InlineRunner, LocalInvoker, Registry, StepEvent
    from fops.actions.background import Background
    from fops.actions.gate import Gate
    from fops.onboarding.onboard import Onboarding
    from fops.provenance import Explainer
    from fops.storage.blobs import Blobs
    from fops.storage.database import Database

STORES = (
    "fops.actions.store",
    "fops.auth.store",
    "fops.events.store",
    "fops.onboarding.store",
    "fops.provenance.store",
)
"""The modules that declare tables; a database is complete once all of them are imported."""


class App:
    """The wired house of one process. `listener` hears the steps of operations."""

    def __init__(
        self, settings: Settings, *, listener: Callable[[StepEvent], None] = lambda _event: None
    ) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self._listener = listener

    def context(
        self, *, door: str, dry_run: bool = False, request_id: str | None = None, actor: str | None = None
    ) -> RequestContext:
        """A fresh request by the person at this machine, or by another actor."""
        request_id = request_id or new_id("req")
        return RequestContext(
            actor=actor or f"{LOCAL}{_user()}", door=door, request_id=request_id, dry_run=dry_run
        )

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
        return AuditLog(self.audit_folder, clock=self.clock, chain=os.uname().nodename)

    @cached_property
    def database(self) -> Database:
        """The database, with every room's tables declared."""
        for store in STORES:
            import_module(store)
        from fops.storage.database import Database  # noqa: PLC0415 - SQLAlchemy costs half a second

        return Database(self.database_url)

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
        """What every installed pack brings: all that a gate may run."""
        from fops.actions import Registry  # noqa: PLC0415 - pydantic and SQLAlchemy come with it

        packs = [point.load()(self.home) for point in entry_points(group="fops.packs")]
        return Registry((*(action for pack in packs for action in pack.actions), *self._own))

    @cached_property
    def invoker(self) -> LocalInvoker:
        """The way in for every door: what can be read, and the rooms' workflows."""
        from fops.actions import LocalInvoker, Registry  # noqa: PLC0415 - as registry
        from fops.actions.reading import reads  # noqa: PLC0415 - as registry
        from fops.onboarding.actions import workflows  # noqa: PLC0415 - as registry

        guard = partial(may_fetch, self.settings.group(ServerSettings))
        permits = self.identity.authority.permits
        reading = reads(self.database, self.audit, self.explainer, permits)
        offered = Registry((*reading, *self._own), workflows(self.onboarding, self.clock, guard))
        return LocalInvoker(offered, self.runner, self.gate, authorise=permits)

    @cached_property
    def _own(self) -> tuple[Action, ...]:
        """Changes of our own records: asked for by name, and run by the gate."""
        return self.identity.actions()

    @cached_property
    def identity(self) -> Identity:
        """Who asks, and what they may do."""
        return Identity(
            self.settings.group(AuthSettings), lambda: self.database, self.audit, self.clock, self.home
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
        """Runs operations on threads of this process, for a server."""
        from fops.actions.background import Background  # noqa: PLC0415 - as registry

        limits = self.settings.group(ServerSettings)
        return Background(self.invoker, self.runner, self.database, workers=limits.max_running,
                          waiting=limits.max_waiting)  # fmt: skip

    def close(self, *, seconds: float) -> None:
        """Let what runs come to its end within the time, and let go of the database."""
        if "background" in self.__dict__:
            self.background.close(seconds)
        if "database" in self.__dict__:
            self.database.close()

    @cached_property
    def onboarding(self) -> Onboarding:
        """The onboarding feature."""
        from fops.onboarding.onboard import Onboarding  # noqa: PLC0415 - as registry

        return Onboarding(gate=self.gate, database=self.database, blobs=self.blobs, clock=self.clock)

    @cached_property
    def explainer(self) -> Explainer:
        """`fops why` over every room's nouns."""
        from fops.actions.describe import AuditEntries  # noqa: PLC0415 - as database
        from fops.actions.reading import sees_operation  # noqa: PLC0415 - as database
        from fops.actions.store import Operations  # noqa: PLC0415 - as database
        from fops.onboarding.trace.proposed import asked_in, lock_in_proposal  # noqa: PLC0415 - as database
        from fops.onboarding.trace.provenance import GeneratedFiles, lock_on_disk  # noqa: PLC0415 - as database
        from fops.provenance import Explainer  # noqa: PLC0415 - as database
        from fops.provenance.store import RecordedNodes  # noqa: PLC0415 - as database

        may_read = partial(may_look, self.settings.group(ServerSettings))
        places = tuple(may_read(place) for place in (lock_on_disk, lock_in_proposal(self.database)))
        permits = self.identity.authority.permits
        return Explainer((
            Operations(self.database, partial(sees_operation, permits)),
            AuditEntries(self.audit, lambda ctx: permits(ctx, "audit.read", EVERYWHERE)),
            RecordedNodes(self.database),
            GeneratedFiles(places, asked_in(self.database)),
        ))  # fmt: skip


def open_app(settings: Settings, *, listener: Callable[[StepEvent], None] = lambda _event: None) -> App:
    """The App for some settings. Nothing is opened yet: a part that cannot work says so when it is used."""
    return App(settings, listener=listener)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this uid, as in many containers
        return str(os.getuid())
