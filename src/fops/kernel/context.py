"""RequestContext: who asks, through which door, under which request. Every public call takes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """Carried by value through every call; nothing reads it from globals.

    Attributes: `actor` such as `local:ada` or `user:ada`; `door` cli, api, mcp, worker or test; `deadline` aware UTC or
    None; `trace` the W3C traceparent of what asked, so that work on another thread or process belongs to the same trace;
    `credential` the id of the session or token by which the actor is known, whose bounds hold for all they ask: whoever
    keeps a context for later keeps it too; `attempt` which try of the operation this is, higher than that of every worker
    that had it before.
    """

    actor: str
    door: str
    request_id: str
    tenant: str = DEFAULT_TENANT
    operation_id: str | None = None
    dry_run: bool = False
    deadline: datetime | None = None
    credential: str | None = None
    trace: str | None = None
    attempt: int = 1
