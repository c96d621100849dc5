"""Work that a caller waits for, or comes back to: one way for every route that starts some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Header
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from fops.actions.store import OPEN
from fops.bootstrap import App
from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import error_named

Prefer = Annotated[
    str | None,
    Header(description="`respond-async`: answer 202 at once, and work on.", examples=["respond-async"]),
]
Key = Annotated[
    str | None,
    Header(
        min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="The caller's own name for this request: sent again, it gives the same operation.",
    ),
]  # fmt: skip


async def worked(
    house: App,
    caller: RequestContext,
    name: str,
    parameters: Mapping[str, Any],
    *,
    prefer: str | None,
    key: str | None,
) -> JSONResponse:
    """200 with the result when it ends in time, 202 with `Location` when it does not or the caller does not wait.

    Raises what the work raised.
    """
    operation_id = await run_in_threadpool(house.background.start, caller, name, parameters, key=key)
    if "respond-async" not in (prefer or ""):
        seconds = house.settings.group(ServerSettings).request_seconds
        await house.background.ended(operation_id, seconds)
        done = await run_in_threadpool(house.invoker.invoke, caller, "operations.show", {"id": operation_id})
        if done["status"] not in OPEN:
            if done["result"] is None:
                raise error_named(done["error"], done["detail"])
            return JSONResponse(done["result"])
    where = f"/api/operations/{operation_id}"
    return JSONResponse({"operation": operation_id}, status_code=202, headers={"Location": where})
