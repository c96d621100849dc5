"""Who asks, under which request id: the context of every route."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fops.bootstrap import App
from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")  # what a caller may choose: nothing that steers a log


class RequestIds:
    """Gives each request an id, the caller's own where it is harmless, and each answer that id and safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


def house_of(request: Request) -> App:
    """The house that the application was made around."""
    house: App = request.app.state.house
    return house


def context_of(request: Request) -> RequestContext:
    """The context of this request. Without sign-in every caller is the person who started the server.

    A caller without an address came through the data directory's socket: this machine's own command line.
    """
    door = "cli" if request.client is None else "api"
    context = house_of(request).context(door=door, request_id=request.state.request_id)
    request.state.caller = context  # for the line in the log
    return context


House = Annotated[App, Depends(house_of)]
Caller = Annotated[RequestContext, Depends(context_of)]
