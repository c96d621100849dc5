"""How often somebody may ask: one number per key, by the generic cell rate algorithm.

Each key has the moment at which all it asked for is paid off; a request costs one interval and is refused when the
debt would pass the window. Exact, without a list of moments and without clean-up (the memory store of the `limits`
library keeps every key it ever saw, and starts a thread again and again to shorten their lists).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

MOST_KEYS = 50_000  # some megabytes; then the keys asked for longest ago go first


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and again so many in each `seconds`."""

    name: str
    amount: int
    seconds: float = 60.0

    def policy(self) -> str:
        """As the header `RateLimit-Policy` says it."""
        return f'"{self.name}";q={self.amount};w={self.seconds:g}'


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait` seconds until the next request may come, 0 when this one may; `left` how many more may follow at once."""

    wait: float
    left: int


class Rates:
    """Who asked how often, in this process."""

    def __init__(self, now: Callable[[], float] = time.monotonic, *, most: int = MOST_KEYS) -> None:
        self._now = now
        self._most = most
        self._paid: dict[tuple[str, str], float] = {}

    def ask(self, who: str, rate: Rate) -> Verdict:
        """Count one request of somebody, unless it comes too often."""
        now, key = self._now(), (rate.name, who)
        interval = rate.seconds / rate.amount
        paid = max(self._paid.get(key, now), now) + interval
        debt = paid - now
        if debt > rate.seconds + 1e-9:
            return Verdict(wait=debt - rate.seconds, left=0)
        if key not in self._paid and len(self._paid) >= self._most:
            self._forget(now)
        self._paid[key] = paid
        return Verdict(wait=0.0, left=math.floor((rate.seconds - debt) / interval + 1e-9))

    def _forget(self, now: float) -> None:
        """Drop whoever owes nothing; where all owe, the tenth that came first."""
        for key in [key for key, paid in self._paid.items() if paid <= now]:
            del self._paid[key]
        if len(self._paid) >= self._most:
            for key in list(islice(self._paid, max(1, self._most // 10))):
                del self._paid[key]

    def __len__(self) -> int:
        return len(self._paid)
