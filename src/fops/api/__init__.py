"""The REST API: a door. Routes parse, call one thing of the registry by name, and render.

Must not know: stores, packs, how anything is done. Map:
    application.py   the FastAPI application around a house      problems.py   every error as problem+json
    callers.py       who asks, under which request id            settings.py   host, port, origins, limits
    documents.py     what the OpenAPI document says of answers   serving.py    sockets, start and stop
    work.py          work that a caller waits for            streams.py     answers handed on as they come
    routing.py       a path meets the routes of its room    reading.py     a read in one hop to a thread
    routes/          one module per router of the contract
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    app: FastAPI


def __getattr__(name: str) -> FastAPI:
    """`fops.api:app`, made from this process's settings when a server asks for it."""
    if name != "app":
        raise AttributeError(name)
    from fops.api.application import create_app  # noqa: PLC0415 - settings that only name a port need no FastAPI
    from fops.bootstrap import open_app  # noqa: PLC0415 - as above
    from fops.bootstrap.settings import Settings  # noqa: PLC0415 - as above

    made = create_app(open_app(Settings()))
    globals()["app"] = made
    return made
