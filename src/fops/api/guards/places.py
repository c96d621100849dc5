"""How many of one kind may be under way at a time, in all and for one caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fops.kernel.errors import TooOften, Transient


class Places:
    """So many places, of which one caller may take only some. Taken and left on the event loop."""

    def __init__(self, what: str, *, most: int, each: int) -> None:
        self._what = what
        self._most = most
        self._each = each
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        """Hold a place while the block runs. Raises TooOften when the caller has theirs, Transient when all are taken."""
        if self._taken[who] >= self._each:
            raise TooOften(
                f"{self._each} {self._what} are open already", hint="close one first", retry_after=5
            )
        if self._taken.total() >= self._most:
            raise Transient(f"all {self._most} {self._what} of this server are taken", hint="come back later", retry_after=5)  # fmt: skip
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]
