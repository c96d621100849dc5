"""`/api/audit`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from fops.api.callers import Caller, House, verifying_place
from fops.api.documents import answer, failures

router = APIRouter(prefix="/audit", tags=["audit"])

_ENTRY = {"v": 1, "seq": 7, "id": "aud_01jx0000000000000000000000", "timestamp": "2026-11-24T09:30:00.000000Z", "tenant": "default",
          "actor": "local:ada", "door": "api", "action": "change_request.create", "target": "shop#fops/onboard-shop-k8s",
          "outcome": "succeeded", "details": {}, "request_id": "req_01jx0000000000000000000000", "operation_id": None, "step": None,
          "attempt": 1, "approval_id": None, "chain": "node-1", "prev": "sha256:…", "hash": "sha256:…"}  # fmt: skip


@router.get("", responses=answer({"entries": [_ENTRY], "cursor": None}) | failures(422, 507))
def entries(
    house: House,
    caller: Caller,
    since: Annotated[AwareDatetime | None, Query(description="From this moment.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment.")] = None,
    action: Annotated[str | None, Query(description="Exactly this action.")] = None,
    actor: Annotated[str | None, Query(description="Exactly this actor.")] = None,
    target: Annotated[str | None, Query(description="Exactly this target.")] = None,
    cursor: Annotated[str | None, Query(description="The cursor of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Entries of a page.")] = 100,
) -> dict[str, Any]:
    """Entries, oldest first, a page at a time."""
    wanted = {"since": _text(since), "until": _text(until), "action": action, "actor": actor, "target": target,
              "cursor": cursor, "limit": limit}  # fmt: skip
    return dict(house.invoker.invoke(caller, "audit.list", wanted))


@router.get("/verify", dependencies=[Depends(verifying_place)], responses=answer({"ok": True, "entries": 7, "head": "sha256:…", "first_bad": None, "why": None, "torn": []})
            | failures(507))  # fmt: skip
def verify(house: House, caller: Caller) -> dict[str, Any]:
    """Whether every line is there and as it was written."""
    return dict(house.invoker.invoke(caller, "audit.verify", {}))


@router.get("/{entry_id}", responses=answer(_ENTRY) | failures(404, 507))
def entry(house: House, caller: Caller, entry_id: str) -> dict[str, Any]:
    """One entry, whole."""
    return dict(house.invoker.invoke(caller, "audit.show", {"id": entry_id}))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
