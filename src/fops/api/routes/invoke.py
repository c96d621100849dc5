"""`/api/invoke/NAME`: everything that can be read or worked on, by its name, for programs such as our own client."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Body, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from fops.api.callers import Caller, House, counts_as_work
from fops.api.documents import WORK, answer, failures, needs
from fops.api.reading import told
from fops.api.routing import RoomRouter
from fops.api.streams import LINES, STEPS, begun, steps_told
from fops.api.work import Key, Prefer, worked
from fops.auth.permissions import SIGNED_IN

router = RoomRouter(prefix="/invoke", tags=["invoke"])


@router.get(
    "",
    openapi_extra=needs(SIGNED_IN),
    responses=answer(
        {"names": [{"name": "audit.verify", "summary": "whether the trail is whole", "parameters": {}}]}
    ),
)
def offered(house: House) -> dict[str, Any]:
    """What there is, with the JSON schema of its parameters."""
    known = ({"name": one.name, "summary": one.summary, "parameters": one.parameters.model_json_schema()}
             for one in house.invoker.offered)  # fmt: skip
    return {"names": list(known)}


@router.post("/{name}", openapi_extra=needs(SIGNED_IN), responses=answer({"ok": True, "entries": 7})
             | answer({"operation": "opn_01jx0000000000000000000000"}, status=202, description="It runs; `Location` says where.")
             | failures(*WORK))  # fmt: skip
async def invoke(
    request: Request,
    house: House,
    caller: Caller,
    name: str,
    parameters: Annotated[dict[str, Any], Body(examples=[{}], description="As `GET /api/invoke` says.")],
    dry_run: Annotated[
        bool, Query(description="Show what would be done; change nothing, keep nothing.")
    ] = False,
    prefer: Prefer = None,
    idempotency_key: Key = None,
    accept: Annotated[
        str | None,
        Header(
            description=f"`{STEPS}` for the steps of a dry run as they happen, `{LINES}` for what is a stream."
        ),
    ] = None,
) -> Response:
    """Read, or work as an operation; what changes the world without being asked about it is not here."""
    caller = replace(caller, dry_run=dry_run)
    if dry_run and STEPS in (accept or ""):
        await run_in_threadpool(
            house.invoker.prepare, caller, name, parameters
        )  # refused with a status of its own
        return StreamingResponse(steps_told(house, caller, name, parameters), media_type=STEPS)
    if LINES in (accept or ""):
        pieces = await run_in_threadpool(house.invoker.stream, caller, name, parameters)
        return StreamingResponse(await begun(pieces), media_type=LINES)
    if house.invoker.is_work(name) and not dry_run:
        await counts_as_work(request, caller)
        return await worked(house, caller, name, parameters, prefer=prefer, key=idempotency_key)
    return await told(house, caller, name, parameters)
