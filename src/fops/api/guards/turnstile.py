"""A turnstile before dear work: few at a time, few more in line, and no thread taken by who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from fastapi.concurrency import run_in_threadpool

from fops.kernel.errors import TooOften

AT_A_TIME = 2  # passwords hashed side by side: 128 MiB and the better part of two cores
IN_LINE = 32  # some three seconds of waiting

Given = ParamSpec("Given")
T = TypeVar("T")


class Turnstile:
    """Hashing passwords is dear on purpose: a flood of sign-ins waits here, and other requests keep their threads."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_A_TIME)
        self._inside = 0

    async def through(self, work: Callable[Given, T], *args: Given.args, **kwargs: Given.kwargs) -> T:
        """The work on a thread, once it is its turn. Raises TooOften when too many wait."""
        if self._inside >= AT_A_TIME + IN_LINE:
            raise TooOften("too many sign in at this moment", hint="try again in a moment", retry_after=3)
        self._inside += 1
        try:
            async with self._free:
                return await run_in_threadpool(work, *args, **kwargs)
        finally:
            self._inside -= 1
