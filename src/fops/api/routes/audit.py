"""`/api/audit`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime

from fops.api.callers import Caller, House, counts_as_work, stream_place, verifying_place
from fops.api.documents import Responses, answer, failures, needs
from fops.api.reading import told
from fops.api.routing import RoomRouter
from fops.api.streams import LINES, begun
from fops.api.work import Key, Prefer, worked
from fops.kernel.clock import isoformat

router = RoomRouter(prefix="/audit", tags=["audit"])

_ENTRY = {"v": 1, "seq": 7, "id": "aud_01jx0000000000000000000000", "timestamp": "2026-11-24T09:30:00.000000Z", "tenant": "default",
          "actor": "local:ada", "door": "api", "action": "change_request.create", "target": "shop#fops/onboard-shop-k8s",
          "outcome": "succeeded", "details": {}, "request_id": "req_01jx0000000000000000000000", "operation_id": None, "step": None,
          "attempt": 1, "approval_id": None, "chain": "node-1", "prev": "sha256:…", "hash": "sha256:…"}  # fmt: skip
_VERDICT = {"ok": True, "entries": 7, "head": "sha256:…", "first_bad": None, "why": None, "torn": [], "dropped": 0,
            "since": "2026-11-24T09:30:00.000000Z", "anchored": 1}  # fmt: skip
_SEAL = {"schema": "fops.audit-seal/v1", "day": "2026-11-24", "first": 1, "last": 7, "prev": "sha256:…", "head": "sha256:…",
         "until": "2026-11-24T23:30:00.000000Z", "digest": "sha256:…", "packed": "sha256:…", "before": None, "hash": "sha256:…"}  # fmt: skip
_LINES: Responses = {200: {"description": "JSON lines.", "content": {LINES: {"example": json.dumps(_ENTRY)}}}}
ENTRIES_A_LOOK = 200
LOOK_SECONDS = 0.5  # between two looks for new entries: a few small reads of the newest file

Since = Annotated[AwareDatetime | None, Query(description="From this moment.")]
Until = Annotated[AwareDatetime | None, Query(description="Before this moment.")]
Action = Annotated[str | None, Query(description="Exactly this action.")]
Actor = Annotated[str | None, Query(description="Exactly this actor.")]
Target = Annotated[str | None, Query(description="Exactly this target.")]


@router.get(
    "",
    openapi_extra=needs("audit.read"),
    responses=answer({"entries": [_ENTRY], "cursor": None}) | failures(422, 507),
)
async def entries(
    house: House,
    caller: Caller,
    since: Since = None,
    until: Until = None,
    action: Action = None,
    actor: Actor = None,
    target: Target = None,
    cursor: Annotated[str | None, Query(description="The cursor of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Entries of a page.")] = 100,
) -> JSONResponse:
    """Entries, oldest first, a page at a time."""
    wanted = {"since": _text(since), "until": _text(until), "action": action, "actor": actor, "target": target,
              "cursor": cursor, "limit": limit}  # fmt: skip
    return await told(house, caller, "audit.list", wanted)


async def _begun(
    house: House,
    caller: Caller,
    action: Action = None,
    actor: Actor = None,
    target: Target = None,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that arrived.")] = None,
) -> dict[str, Any]:
    """What to look for, once a first look was allowed: an error after the first byte of a stream has no status."""
    wanted = {"action": action, "actor": actor, "target": target, "limit": ENTRIES_A_LOOK}
    seen = last_event_id or f"0@{isoformat(house.clock.now())}"
    await run_in_threadpool(house.invoker.invoke, caller, "audit.list", wanted | {"cursor": seen, "limit": 1})
    return wanted | {"cursor": seen}


@router.get(
    "/events",
    openapi_extra=needs("audit.read"),
    response_class=EventSourceResponse,
    dependencies=[Depends(stream_place)],
    responses=failures(422, 507),
)
async def events(
    request: Request, house: House, caller: Caller, wanted: Annotated[dict[str, Any], Depends(_begun)]
) -> AsyncIterator[ServerSentEvent]:
    """New entries as they are written: `entry` events, whose id a reconnect names. What was before is in the list."""
    while True:
        page = await run_in_threadpool(house.invoker.invoke, caller, "audit.list", wanted)
        for one in page["entries"]:
            wanted["cursor"] = f"{one['seq']}@{one['timestamp']}"
            yield ServerSentEvent(event="entry", id=wanted["cursor"], data=one)
        if await request.is_disconnected() or request.app.state.stops():
            return
        if len(page["entries"]) < ENTRIES_A_LOOK:
            await asyncio.sleep(LOOK_SECONDS)


@router.get(
    "/export",
    openapi_extra=needs("audit.read"),
    response_class=StreamingResponse,
    dependencies=[Depends(stream_place)],
    responses=failures(422, 507) | _LINES,
)
async def export(house: House, caller: Caller, since: Since = None, until: Until = None) -> StreamingResponse:
    """The lines of a time byte for byte, so that their seals still hold."""
    wanted = {"since": _text(since), "until": _text(until)}
    pieces = await run_in_threadpool(house.invoker.stream, caller, "audit.export", wanted)
    return StreamingResponse(
        await begun(pieces),
        media_type=LINES,
        headers={"Content-Disposition": 'attachment; filename="audit.jsonl"'},
    )


@router.post(
    "/verify",
    openapi_extra=needs("audit.read"),
    dependencies=[Depends(counts_as_work)],
    responses=answer(_VERDICT)
    | answer(
        {"operation": "opn_01jx0000000000000000000000"},
        status=202,
        description="It runs; `Location` says where.",
    )
    | failures(403, 409, 422, 507),
)
async def check(
    house: House, caller: Caller, prefer: Prefer = None, idempotency_key: Key = None
) -> JSONResponse:
    """The same as an operation, for a trail that takes longer than one wants to wait."""
    return await worked(house, caller, "audit.check", {}, prefer=prefer, key=idempotency_key)


@router.post(
    "/seal",
    openapi_extra=needs("audit.seal"),
    responses=answer({"sealed": [_SEAL], "dropped": []}) | failures(403, 409, 422, 507),
)
def seal(
    house: House,
    caller: Caller,
    dry_run: Annotated[bool, Query(description="Say what is due; do nothing of it.")] = False,
) -> dict[str, Any]:
    """Compress days that are over under their seals, and give up those that need not be kept."""
    return dict(house.invoker.invoke(replace(caller, dry_run=dry_run), "audit.seal", {}))


@router.get(
    "/verify",
    openapi_extra=needs("audit.read"),
    dependencies=[Depends(verifying_place)],
    responses=answer(_VERDICT) | failures(507),
)
async def verify(house: House, caller: Caller) -> JSONResponse:
    """Whether every line is there and as it was written."""
    return await told(house, caller, "audit.verify", {})


@router.get("/{entry_id}", openapi_extra=needs("audit.read"), responses=answer(_ENTRY) | failures(404, 507))
async def entry(house: House, caller: Caller, entry_id: str) -> JSONResponse:
    """One entry, whole."""
    return await told(house, caller, "audit.show", {"id": entry_id})


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
