"""The application: a house, its routers under both prefixes, and what every answer has in common."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from types import MappingProxyType

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from fops import __version__
from fops.api import problems
from fops.api.callers import Doors, RequestIds, admitted
from fops.api.documents import with_problems
from fops.api.guards.admission import Admission, Allowance
from fops.api.guards.turnstile import Turnstile
from fops.api.routes import audit, auth, health, invoke, metrics, onboard, operations, page, services
from fops.api.telling.requests import Routes, TellRequests
from fops.bootstrap import App
from fops.bootstrap.limits import LimitSettings
from fops.bootstrap.server import STOP_SECONDS, ServerSettings
from fops.bootstrap.settings import CoreSettings
from fops.bootstrap.upkeep import UPKEEP_SECONDS, seal_trail

TITLE = "F-Ops DevOps AI Agent"
DESCRIPTION = "AI-powered DevOps automation platform"
TAGS = MappingProxyType({
    "onboard": "From a repository to a verified change request.",
    "services": "What there is, who owns it, and where it runs.",
    "operations": "What runs and ran, with its progress.",
    "audit": "Who did what, when, and how it ended.",
    "auth": "Who you are, and who may do what.",
    "invoke": "Everything by its name, for programs.",
    "health": "Whether this server lives and can work.",
})  # fmt: skip
FIRST_SECONDS = 0.3  # before the worker begins: the server answers first
PATIENCE = 500  # looks, a hundredth of a second apart, for a moment in which no request works


def create_app(house: App, *, works: bool = True) -> FastAPI:
    """The FastAPI application around a house; with `works` a worker inside it carries operations out."""
    settings = house.settings.group(ServerSettings)
    app = FastAPI(
        title=TITLE,
        summary=house.settings.group(CoreSettings).project_name,
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        lifespan=_lifespan(house, works=works),
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(admitted)],
        redirect_slashes=False,
        telemetry=_tracing(house),
    )
    app.state.house = house
    app.state.doors = Doors.of(house)
    app.state.turnstile = Turnstile()
    app.state.ended = True  # whether all work has, once it is stopped
    app.state.allowance = Allowance.of(house.settings.group(LimitSettings))
    app.state.stops = lambda: False  # whoever serves knows when the end is near
    problems.install(app)
    rooms = (onboard, services, operations, audit, auth, invoke)
    for room in rooms:
        app.include_router(room.router, prefix="/api")
    for room in rooms:
        app.include_router(room.router, prefix=settings.api_v1_str, include_in_schema=False)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(page.router)
    app.add_middleware(Admission, settings=settings, allowance=app.state.allowance)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Prefer"],
            expose_headers=["Location", "X-Request-ID"],
        )
    routes = Routes(app, prefix="/api", alias=settings.api_v1_str)
    traced = house.tracing.current if house.tracing else nullcontext
    app.add_middleware(TellRequests, metrics=house.metrics, routes=routes, traced=traced)
    app.add_middleware(RequestIds)  # last added, first asked: all that follows has a request id
    app.openapi = with_problems(app)  # type: ignore[method-assign]  # as the framework documents
    return app


def _tracing(house: App) -> TelemetryConfig:
    """The framework's own spans of requests, to our provider or nowhere; metrics and logs are ours."""
    off: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    if house.tracing is None:
        return off
    return {**off, "tracing": True, "operation_spans": False, "tracer_provider": house.tracing.provider}


def _lifespan(house: App, *, works: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if house.settings.group(ServerSettings).auth_mode == "on":
            house.identity.sign_in  # noqa: B018 - without a key to sign with, it does not start at all
        upkeep = asyncio.create_task(_upkeep(house))
        worker = asyncio.create_task(_work(house)) if works else upkeep
        yield
        upkeep.cancel()
        worker.cancel()
        app.state.ended = await run_in_threadpool(house.close, seconds=STOP_SECONDS)

    return lifespan


async def _work(house: App) -> None:
    """Begin to carry operations out, once the server answers: the engine and its parts cost as much as all the rest.

    What is loaded here must not be half loaded while a query of another thread asks for it, so it is done in a moment
    without any; under a load that leaves none, after some seconds.
    """
    await asyncio.sleep(FIRST_SECONDS)
    busy = current_default_thread_limiter()
    for _ in range(PATIENCE):
        if not busy.borrowed_tokens:
            break
        await asyncio.sleep(0.01)
    house.worker.start()


async def _upkeep(house: App) -> None:
    while True:
        await run_in_threadpool(seal_trail, house)
        await asyncio.sleep(UPKEEP_SECONDS)
