"""Visit counts in Redis."""

from typing import Protocol

import redis


class Visits(Protocol):
    """Where visits are counted."""

    def add(self, code: str) -> None: ...

    def count(self, code: str) -> int: ...

    def ping(self) -> None: ...


class RedisVisits:
    """One counter for each code."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2)

    def add(self, code: str) -> None:
        self._redis.incr(f"visits:{code}")

    def count(self, code: str) -> int:
        return int(self._redis.get(f"visits:{code}") or 0)

    def ping(self) -> None:
        self._redis.ping()
