"""Wiring of `fops why`: every room that can say what its nouns rest on, for who may see them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fops.actions.describe import AuditEntries
from fops.actions.own.services import sees_service
from fops.actions.reading import sees_operation
from fops.actions.store import Operations
from fops.auth import EVERYWHERE
from fops.bootstrap.guards import may_look
from fops.bootstrap.server import ServerSettings
from fops.catalog.describe import Services
from fops.onboarding.trace.proposed import PullRequests, asked_in, lock_in_proposal, written_lines
from fops.onboarding.trace.provenance import GeneratedFiles, lock_on_disk
from fops.provenance import Explainer
from fops.provenance.store import RecordedNodes

if TYPE_CHECKING:
    from fops.bootstrap.app import App


def explainer(house: App) -> Explainer:
    """The explainer over a house."""
    may_read = partial(may_look, house.settings.group(ServerSettings))
    places = tuple(may_read(place) for place in (lock_on_disk, lock_in_proposal(house.database)))
    permits = house.identity.authority.permits
    return Explainer((
        Operations(house.database, partial(sees_operation, permits)),
        AuditEntries(house.audit, lambda ctx: permits(ctx, "audit.read", EVERYWHERE)),
        Services(house.database, partial(sees_service, permits), written_lines(house.database)),
        RecordedNodes(house.database),
        PullRequests(house.database),
        GeneratedFiles(places, asked_in(house.database)),
    ))  # fmt: skip
