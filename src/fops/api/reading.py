"""Reading: one hop to a thread for a read and its JSON; the framework's own way takes two, and checks a model that is ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from fops.bootstrap import App
from fops.kernel.context import RequestContext


async def told(house: App, caller: RequestContext, name: str, parameters: Mapping[str, Any]) -> JSONResponse:
    """The answer of an action asked for by name. Raises what it raises."""
    return await run_in_threadpool(_told, house, caller, name, parameters)


def _told(house: App, caller: RequestContext, name: str, parameters: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse(dict(house.invoker.invoke(caller, name, parameters)))
