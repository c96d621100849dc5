"""Each request: counted, timed, and one line in the log when it is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from http import HTTPStatus
from time import perf_counter

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fops.kernel.context import RequestContext
from fops.kernel.correlation import bound
from fops.kernel.errors import Cancelled
from fops.telemetry.metrics import Metrics

LOG = logging.getLogger("fops.access")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
Traced = Callable[[], AbstractContextManager[None]]
LONGEST_PATH = 200  # characters of a path in a log line
UNMATCHED = "unmatched"
POLLED = frozenset(
    {"/health/live", "/health/ready", "/metrics"}
)  # every few seconds: noise while all is well
STREAM = "text/event-stream"


class TellRequests:
    """Tells metrics and log of each request. Stands inside what gives it its id, around all that may refuse it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, routes: Routes, traced: Traced) -> None:
        self._app = app
        self._traced = traced
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(self._metrics)
        began = perf_counter()
        self._metrics.request_began()
        with bound(request_id=scope["state"]["request_id"]), self._traced():
            try:
                await self._app(scope, receive, answer.watching(send))
            except BaseException as error:
                answer.breaks(error)
                raise
            finally:
                answer.end()
                self._tell(scope, answer, perf_counter() - began)

    def _tell(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        route = self._routes.template(scope)
        timed = None if answer.is_stream else seconds
        self._metrics.request_ended(method=method, route=route, code=answer.status, seconds=timed)
        caller: RequestContext | None = scope["state"].get("caller")
        words = {"method": method, "route": route, "status": answer.status, "seconds": round(seconds, 6),
                 "bytes": answer.size, "actor": caller and caller.actor}  # fmt: skip
        # What was looked for says who looks; where a route answered, its template is enough.
        if route == UNMATCHED:
            words["path"] = scope["path"][:LONGEST_PATH]
        broke = answer.broke
        polled = route in POLLED and answer.status < HTTPStatus.BAD_REQUEST
        level = logging.ERROR if broke else logging.DEBUG if polled else logging.INFO
        LOG.log(level, "request", extra=words, exc_info=broke)


class _Answer:
    """What is known of an answer while it is sent."""

    status = 500
    size = 0
    is_stream = False
    broke: Exception | None = None

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._open = ExitStack()
        self._began = False

    def watching(self, send: Send) -> Send:
        """The same `send`, looked at."""

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._began, self.status = True, message["status"]
                self.is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith(STREAM)
                if self.is_stream:
                    self._open.enter_context(self._metrics.stream())
            elif message["type"] == "http.response.body":
                self.size += len(message.get("body", b""))
            await send(message)

        return watched

    def breaks(self, error: BaseException) -> None:
        """An answer that never began is a 500 for whoever waits; one that was called off, by a caller or the end, is not."""
        if isinstance(error, Exception):
            self.broke = error
        elif not self._began:
            self.status = Cancelled.http_status

    def end(self) -> None:
        """Nothing more is sent."""
        self._open.close()


class Routes:
    """The templates of an application's routes, under one prefix where the same route answers under several.

    Never a path as it was asked for: whoever asks could make as many series and log words of it as he likes.
    """

    def __init__(self, app: FastAPI, *, prefix: str, alias: str) -> None:
        self._prefix = prefix
        self._under = (f"{alias}/", f"{prefix}/")
        self._fixed = frozenset(
            one.path for one in app.routes if isinstance(one, Route) and "{" not in one.path
        )

    def template(self, scope: Scope) -> str:
        """The template of the route that answered, `unmatched` where none did."""
        path: str = scope["path"]
        found = getattr(scope.get("route"), "path_format", None)
        if isinstance(found, str):
            return f"{self._prefix}{found}" if path.startswith(self._under) else found
        return path if path in self._fixed else UNMATCHED
