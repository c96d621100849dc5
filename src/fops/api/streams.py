"""Answers that are handed on as they come: lines of a trail, and the steps of a dry run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool

from fops.actions import StepEvent
from fops.bootstrap import App
from fops.kernel.context import RequestContext
from fops.kernel.errors import FopsError

STEPS, LINES = "text/event-stream", "application/jsonl"
PING_SECONDS = 15.0  # of silence, before a proxy or a client takes the line for dead


async def begun(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a stream whose first could be read: what cannot begin is an error with a status of its own."""
    first = await run_in_threadpool(next, pieces, b"")
    return _all(first, pieces)


async def _all(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in iterate_in_threadpool(pieces):
        yield piece


async def steps_told(
    house: App, caller: RequestContext, name: str, parameters: Mapping[str, Any]
) -> AsyncIterator[bytes]:
    """The steps of a dry run as events, then `end` with its result or its problem: nothing of it is kept to ask for later."""
    loop, heard = asyncio.get_running_loop(), asyncio.Queue[StepEvent | None]()

    def hear(event: StepEvent | None) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, event)

    def work() -> Mapping[str, Any]:
        try:
            invoker = house.telling(hear)
            return {"result": dict(invoker.invoke(caller, name, parameters))}
        except FopsError as error:
            return {"problem": {"code": error.code, "message": error.message, "hint": error.hint}}
        finally:
            hear(None)

    running = asyncio.ensure_future(run_in_threadpool(work))
    async for event in _heard(heard):
        yield b": still here\n\n" if event is None else _event("step", asdict(event))
    yield _event("end", await running)


async def _heard(heard: asyncio.Queue[StepEvent | None]) -> AsyncIterator[StepEvent | None]:
    """The events until the last; None for a while without one."""
    while True:
        try:
            event = await asyncio.wait_for(heard.get(), PING_SECONDS)
        except TimeoutError:
            yield None
            continue
        if event is None:
            return
        yield event


def _event(name: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
