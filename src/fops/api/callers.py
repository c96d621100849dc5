"""Who asks, under which request id: the context of every route."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fops.api.guards.admission import Allowance
from fops.api.guards.headers import with_safe
from fops.bootstrap import App
from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")  # what a caller may choose: nothing that steers a log


class RequestIds:
    """Gives each request an id, the caller's own where it is harmless, and each answer that id and safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _REQUEST_ID.fullmatch(given) else new_id("req")
        state = scope.setdefault("state", {})
        state["request_id"] = request_id

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [*message["headers"], (b"x-request-id", request_id.encode()), *state.get("headers", ())]
                message["headers"] = with_safe(own, scheme=scope["scheme"])
            await send(message)

        await self._app(scope, receive, with_headers)


async def house_of(request: Request) -> App:
    """The house that the application was made around."""
    house: App = request.app.state.house
    return house


async def context_of(request: Request) -> RequestContext:
    """The context of this request. Without sign-in every caller is the person who started the server.

    A caller without an address came through the data directory's socket: this machine's own command line.
    """
    door = "cli" if request.client is None else "api"
    house = await house_of(request)
    context = house.context(door=door, request_id=request.state.request_id)
    request.state.caller = context  # for the line in the log
    allowance_of(request).for_actor(request.scope, context.actor)
    return context


def allowance_of(request: Request) -> Allowance:
    """What this process allows."""
    allowance: Allowance = request.app.state.allowance
    return allowance


async def stream_place(request: Request, caller: Caller) -> AsyncIterator[None]:
    """A place among the open streams, until this one ends."""
    with allowance_of(request).streams.taken(caller.actor):
        yield


async def counts_as_work(request: Request, caller: Caller) -> None:
    """Count an operation that is about to start."""
    allowance_of(request).for_work(request.scope, caller.actor)


async def verifying_place(request: Request, caller: Caller) -> AsyncIterator[None]:
    """A place among those who have the whole trail read."""
    with allowance_of(request).verifying.taken(caller.actor):
        yield


House = Annotated[App, Depends(house_of)]
Caller = Annotated[RequestContext, Depends(context_of)]
