"""Who asks, under which request id, and whether they may: before every route."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fops.api.documents import PERMISSION
from fops.api.guards.admission import Allowance
from fops.api.guards.headers import with_safe
from fops.auth.credentials.sessions import Client
from fops.auth.entry.attempts import address_key
from fops.auth.model import is_local
from fops.auth.permissions import PUBLIC
from fops.bootstrap import App
from fops.bootstrap.identity import STRANGER
from fops.bootstrap.server import SOCKET, ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed, NotSignedIn
from fops.kernel.ids import new_id

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")  # what a caller may choose: nothing that steers a log
LONGEST_TOKEN = 4096  # characters; ours have some hundred


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


# Async, though none of them waits: what is not async runs on a thread of its own, which costs more than all they do.


async def house_of(request: Request) -> App:
    """The house that the application was made around."""
    return _house(request)


def _house(request: Request) -> App:
    house: App = request.app.state.house
    return house


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a caller is the person at this machine, read once: settings are not looked up for each request."""

    socket: str
    open_on_loopback: bool

    @classmethod
    def of(cls, house: App) -> Doors:
        """Those of a house."""
        mode = house.settings.group(ServerSettings).auth_mode
        return cls(socket=str(house.home / SOCKET), open_on_loopback=mode == "off")


async def admitted(request: Request) -> None:
    """Before every route: who asks, and whether they have its permission anywhere; on what, the action asks itself.

    Denies by default: a route that declares no permission is refused. Raises NotSignedIn, NotAllowed.
    """
    permission = (request.scope["route"].openapi_extra or {}).get(PERMISSION)
    if permission is None:
        raise NotAllowed(f"{request.url.path} declares no permission, so nobody has it")
    public = permission == PUBLIC
    known = _local(request) or await _by_bearer(request, strict=not public)
    if known is None and not public:
        raise NotSignedIn(
            "nobody is signed in", hint="`fops auth login`, or a token as `Authorization: Bearer …`"
        )
    if known is not None and not public and not await _may(_house(request), known, permission):
        raise NotAllowed(f"{known.actor} may not do this", hint=f"it needs the permission {permission}")
    request.state.caller = known or _context(request, actor=STRANGER)  # also for the line in the log
    if known is not None:
        allowance_of(request).for_actor(request.scope, known.actor)


async def context_of(request: Request) -> RequestContext:
    """The context of this request, as `admitted` found it."""
    caller: RequestContext = request.state.caller
    return caller


async def client_of(request: Request) -> Client:
    """Where a request came from, as lock-out and sessions know it."""
    host = request.client.host if request.client else ""
    return Client(address=address_key(host), program=request.headers.get("user-agent", ""))


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _local(request: Request) -> RequestContext | None:
    """The person at this machine: behind the data directory's socket, or at a loopback address without sign-in."""
    doors: Doors = request.app.state.doors
    host, port = request.scope.get("server") or ("", 0)
    if port is None and host == doors.socket:
        return _context(request, door="cli")
    if doors.open_on_loopback and is_loopback(host):
        return _context(request)
    return None


async def _by_bearer(request: Request, *, strict: bool) -> RequestContext | None:
    """Who an `Authorization: Bearer` speaks for. A public route takes what does not count for nothing at all."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown or len(shown) > LONGEST_TOKEN:
        return None
    sign_in, stranger = _house(request).identity.sign_in, _context(request, actor=STRANGER)
    try:
        bearer = sign_in.remembered(shown.strip())
        known = bearer and replace(
            stranger, tenant=bearer.tenant, actor=bearer.actor, credential=bearer.credential
        )
        if known and sign_in.authority.kept(known):  # no query, so no thread either
            return sign_in.admitted(known)
        return await run_in_threadpool(sign_in.recognise, stranger, shown.strip())
    except NotSignedIn:
        if strict:
            raise
        return None


async def _may(house: App, known: RequestContext, permission: str) -> bool:
    authority = house.identity.authority
    if is_local(known.actor) or authority.kept(known):
        return authority.anywhere(known, permission)
    return await run_in_threadpool(authority.anywhere, known, permission)


def _context(request: Request, *, door: str = "api", actor: str | None = None) -> RequestContext:
    return _house(request).context(door=door, request_id=request.state.request_id, actor=actor)


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
