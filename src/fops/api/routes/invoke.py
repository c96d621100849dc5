"""`/api/invoke/NAME`: everything that can be read or worked on, by its name, for programs such as our own client."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from fops.api.callers import Caller, House
from fops.api.documents import answer, failures
from fops.api.work import Key, Prefer, worked

router = APIRouter(prefix="/invoke", tags=["invoke"])


@router.get(
    "",
    responses=answer(
        {"names": [{"name": "audit.verify", "summary": "whether the trail is whole", "parameters": {}}]}
    ),
)
def offered(house: House) -> dict[str, Any]:
    """What there is, with the JSON schema of its parameters."""
    known = ({"name": one.name, "summary": one.summary, "parameters": one.parameters.model_json_schema()}
             for one in house.invoker.offered)  # fmt: skip
    return {"names": list(known)}


@router.post("/{name}", responses=answer({"ok": True, "entries": 7})
             | answer({"operation": "opn_01jx0000000000000000000000"}, status=202, description="It runs; `Location` says where.")
             | failures(400, 403, 404, 409, 413, 422, 502, 503, 507))  # fmt: skip
async def invoke(
    house: House,
    caller: Caller,
    name: str,
    parameters: Annotated[dict[str, Any], Body(examples=[{}], description="As `GET /api/invoke` says.")],
    prefer: Prefer = None,
    idempotency_key: Key = None,
) -> JSONResponse:
    """Read, or work as an operation; what changes the world without being asked about it is not here."""
    if house.invoker.is_work(name):
        return await worked(house, caller, name, parameters, prefer=prefer, key=idempotency_key)
    return JSONResponse(dict(await run_in_threadpool(house.invoker.invoke, caller, name, parameters)))
