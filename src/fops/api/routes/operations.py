"""`/api/operations`: what runs and ran, and its progress as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from fops.actions import store
from fops.api.callers import Caller, House, stream_place
from fops.api.documents import answer, failures, needs
from fops.api.reading import told
from fops.api.routing import RoomRouter
from fops.auth.permissions import SIGNED_IN
from fops.bootstrap import App
from fops.kernel.context import RequestContext

router = RoomRouter(prefix="/operations", tags=["operations"])

LOOK_SECONDS = 0.2  # between two looks for new events: short for a person, and one small query
_OPERATION = {"id": "opn_01jx0000000000000000000000", "kind": "onboard.repo", "subject": "https://github.com/acme/shop", "actor": "local:ada",
              "door": "api", "request_id": "req_01jx0000000000000000000000", "status": "succeeded", "detail": "", "error": None, "attempt": 1,
              "started_at": "2026-11-24T09:30:00.000000Z", "finished_at": "2026-11-24T09:30:02.000000Z"}  # fmt: skip


@router.get(
    "",
    openapi_extra=needs(SIGNED_IN),
    responses=answer({"operations": [_OPERATION], "cursor": None}) | failures(422, 507),
)
async def operations(
    house: House,
    caller: Caller,
    kind: Annotated[str | None, Query(description="Exactly this kind, such as onboard.repo.")] = None,
    status: Annotated[str | None, Query(description="Exactly this status.")] = None,
    actor: Annotated[str | None, Query(description="Exactly this actor.")] = None,
    cursor: Annotated[str | None, Query(description="The cursor of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Operations of a page.")] = 50,
) -> JSONResponse:
    """Operations, newest first, a page at a time."""
    wanted = {"kind": kind, "status": status, "actor": actor, "cursor": cursor, "limit": limit}
    return await told(house, caller, "operations.list", wanted)


@router.get(
    "/{operation_id}",
    openapi_extra=needs(SIGNED_IN),
    responses=answer(_OPERATION | {"result": {"status": "proposed"}}) | failures(404, 507),
)
async def operation(house: House, caller: Caller, operation_id: str) -> JSONResponse:
    """One operation, with its result once it has ended."""
    return await told(house, caller, "operations.show", {"id": operation_id})


@router.post("/{operation_id}/cancel", openapi_extra=needs(SIGNED_IN), responses=answer({"id": "opn_01jx0000000000000000000000", "status": "running"})
             | failures(403, 404, 422, 507))  # fmt: skip
def cancel(house: House, caller: Caller, operation_id: str) -> dict[str, Any]:
    """Stop an operation: at once where nobody works on it, else at its next good moment, while it still says `running`."""
    return dict(house.invoker.invoke(caller, "operations.cancel", {"id": operation_id}))


async def _known(house: House, caller: Caller, operation_id: str) -> None:
    """Raise NotFound while there still is a status to say it with: a stream that has begun has none."""
    await run_in_threadpool(house.invoker.invoke, caller, "operations.show", {"id": operation_id})


@router.get("/{operation_id}/events", openapi_extra=needs(SIGNED_IN), response_class=EventSourceResponse, dependencies=[Depends(_known), Depends(stream_place)],
            responses=failures(404, 507))  # fmt: skip
async def events(
    request: Request,
    house: House,
    caller: Caller,
    operation_id: str,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that arrived.")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Progress as it happens: `step` events, whose id a reconnect names, and one `end` when the operation has ended."""
    seq = int(last_event_id) if last_event_id and last_event_id.isdigit() else 0
    while True:
        # Asked in this order, so that no event between the two looks is missed.
        now = await run_in_threadpool(house.invoker.invoke, caller, "operations.show", {"id": operation_id})
        for event in await run_in_threadpool(_after, house, caller, operation_id, seq):
            seq = event["seq"]
            yield ServerSentEvent(event="step", id=str(seq), data=_shown(event))
        if now["status"] not in store.OPEN:
            yield ServerSentEvent(event="end", data={"status": now["status"], "detail": now["detail"]})
            return
        if await request.is_disconnected() or request.app.state.stops():
            return
        await asyncio.sleep(LOOK_SECONDS)


def _after(house: App, caller: RequestContext, operation_id: str, seq: int) -> list[dict[str, Any]]:
    with house.database.read() as connection:
        return store.events_after(connection, caller, operation_id, seq=seq)


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in ("operation_id", "at", "step", "status", "detail", "seconds")}
