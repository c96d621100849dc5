"""The application: a house, its routers under both prefixes, and what every answer has in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import MappingProxyType

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fops import __version__
from fops.api import problems
from fops.api.callers import RequestIds
from fops.api.documents import with_problems
from fops.api.routes import audit, health, invoke, onboard, operations
from fops.bootstrap import App
from fops.bootstrap.server import ServerSettings
from fops.bootstrap.settings import CoreSettings

TITLE = "F-Ops DevOps AI Agent"
DESCRIPTION = "AI-powered DevOps automation platform"
TAGS = MappingProxyType({
    "onboard": "From a repository to a verified change request.",
    "operations": "What runs and ran, with its progress.",
    "audit": "Who did what, when, and how it ended.",
    "invoke": "Everything by its name, for programs.",
    "health": "Whether this server lives and can work.",
})  # fmt: skip
STOP_SECONDS = 20  # what runs may take to end when the server stops; orchestrators kill after 30


def create_app(house: App, *, works: bool = True) -> FastAPI:
    """The FastAPI application around a house; with `works` a worker inside it carries operations out."""
    settings = house.settings.group(ServerSettings)
    app = FastAPI(
        title=TITLE,
        summary=house.settings.group(CoreSettings).project_name,
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        max_body_size=settings.max_body,
        lifespan=_lifespan(house, works=works),
        redoc_url=None,
        telemetry={"tracing": False},
    )
    app.state.house = house
    app.state.ended = True  # whether all work has, once it is stopped
    app.state.stops = lambda: False  # whoever serves knows when the end is near
    problems.install(app)
    routers = APIRouter()
    for room in (onboard, operations, audit, invoke):
        routers.include_router(room.router)
    app.include_router(routers, prefix="/api")
    app.include_router(routers, prefix=settings.api_v1_str, include_in_schema=False)
    app.include_router(health.router)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Prefer"],
            expose_headers=["Location", "X-Request-ID"],
        )
    app.add_middleware(RequestIds)
    app.openapi = with_problems(app)  # type: ignore[method-assign]  # as the framework documents
    return app


def _lifespan(house: App, *, works: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if works:
            house.worker.start()
        yield
        app.state.ended = await run_in_threadpool(house.close, seconds=STOP_SECONDS)

    return lifespan
