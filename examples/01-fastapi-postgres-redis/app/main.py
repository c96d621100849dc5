"""The HTTP door."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import psycopg
import redis
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from pydantic import BaseModel, HttpUrl

from app.links import Links, PostgresLinks
from app.settings import load
from app.visits import RedisVisits, Visits

REDIRECTS = Counter("short_links_redirects_total", "Redirects answered", ["outcome"])


class NewLink(BaseModel):
    """What a person sends."""

    address: HttpUrl


class Link(BaseModel):
    """What a person gets back."""

    code: str
    address: str
    visits: int = 0


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect the stores when the server starts; tests bring their own."""
    settings = load()
    logging.basicConfig(level=settings.log_level.upper())
    links = PostgresLinks(settings.database_url)
    links.prepare()
    app.state.links, app.state.visits = links, RedisVisits(settings.redis_url)
    yield


app = FastAPI(title="Short links", lifespan=lifespan)


def get_links(request: Request) -> Links:
    return request.app.state.links


def get_visits(request: Request) -> Visits:
    return request.app.state.visits


LinksStore = Annotated[Links, Depends(get_links)]
VisitsStore = Annotated[Visits, Depends(get_visits)]


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """The process lives; the stores are the business of /readyz."""
    return {"status": "ok"}


@app.get("/readyz")
def readyz(links: LinksStore, visits: VisitsStore) -> dict[str, str]:
    try:
        links.ping()
        visits.ping()
    except (psycopg.Error, redis.RedisError) as error:
        raise HTTPException(503, f"not ready: {type(error).__name__}") from error
    return {"status": "ready"}


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@app.post("/links", status_code=201)
def create(new: NewLink, links: LinksStore) -> Link:
    link = Link(code=secrets.token_urlsafe(6), address=str(new.address))
    links.add(link.code, link.address)
    return link


@app.get("/links/{code}")
def show(code: str, links: LinksStore, visits: VisitsStore) -> Link:
    address = links.find(code)
    if address is None:
        raise HTTPException(404, f"no link {code}")
    return Link(code=code, address=address, visits=visits.count(code))


@app.get("/{code}")
def follow(code: str, links: LinksStore, visits: VisitsStore) -> RedirectResponse:
    address = links.find(code)
    if address is None:
        REDIRECTS.labels("unknown").inc()
        raise HTTPException(404, f"no link {code}")
    visits.add(code)
    REDIRECTS.labels("found").inc()
    return RedirectResponse(address)
