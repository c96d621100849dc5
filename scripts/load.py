"""A load generator that costs little: keep-alive connections on bare sockets, in a process of its own.

usage: load.py PORT CONNECTIONS REQUESTS PATH…      the paths in turn, prints {"seconds": …, "ms": [p50, p95, p99, max], "errors": {…}}

Whoever sets LOAD_TOKEN asks as its owner.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from itertools import count, cycle
from typing import Any


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send one request, read its whole answer, and return the status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    low = head.lower()
    at = low.find(b"content-length:")
    if at < 0:
        raise ConnectionError("an answer without a length")
    await reader.readexactly(int(low[at + 15 : low.index(b"\r\n", at)]))
    return int(head[9:12])


def get(path: str) -> bytes:
    """A request for a path."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: load\r\n{bearer()}\r\n".encode()


def bearer() -> str:
    """The line of a head that says who asks; empty where nobody signed in."""
    token = os.environ.get("LOAD_TOKEN")
    return f"Authorization: Bearer {token}\r\n" if token else ""


async def run(port: int, connections: int, requests: int, paths: list[str]) -> dict[str, Any]:
    """So many requests over so many connections."""
    left, wanted = count(), cycle([get(path) for path in paths])
    times: list[float] = []
    errors: Counter[str] = Counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while next(left) < requests:
            began = time.perf_counter()
            try:
                status = await ask(reader, writer, next(wanted))
            except (OSError, asyncio.IncompleteReadError) as error:
                errors[type(error).__name__] += 1
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                continue
            times.append(time.perf_counter() - began)
            if status != 200:
                errors[str(status)] += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "requests": len(times), "ms": percentiles(times), "errors": dict(errors)}


def percentiles(times: list[float]) -> list[float]:
    """The median, the 95th and 99th percentile and the longest of some times, in milliseconds."""
    ordered = sorted(times)
    return [
        round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 2)
        for part in (0.5, 0.95, 0.99, 1)
    ]


if __name__ == "__main__":
    port, connections, requests = map(int, sys.argv[1:4])
    print(json.dumps(asyncio.run(run(port, connections, requests, sys.argv[4:]))))
