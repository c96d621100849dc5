"""Transport: one connection pool whose every connect is checked, whose every wait ends, whose every body is bounded."""

from __future__ import annotations

import random
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from fops.kernel.clock import Clock, SystemClock
from fops.kernel.errors import LimitExceeded, OutsideFailed, UnsafeInput
from fops.kernel.reach import Reach, Resolve, system_resolve

_PIECE = 65536  # bytes decoded or written at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one request may cost: times in seconds, `size` in decoded bytes of a body, `tries` with the first.

    `total` ends a request with its redirects, tries and body; None lets a stream run as long as it says something.
    """

    total: float | None = 60
    connect: float = 5
    read: float = 20
    size: int = 16 * 1024**2
    redirects: int = 5
    tries: int = 3
    connections: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Time and chance: `sleep` takes seconds, `chance` gives 0 to 1."""

    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


_ends: ContextVar[float | None] = ContextVar("_ends", default=None)


@contextmanager
def until(moment: float | None) -> Iterator[None]:
    """Let every wait on the network inside the block end at a moment of the clock's `elapsed`."""
    token = _ends.set(moment)
    try:
        yield
    finally:
        _ends.reset(token)


class Transport(httpx2.BaseTransport):
    """As `httpx2.HTTPTransport`, within a reach and bounds. Raises UnsafeInput, LimitExceeded beside its errors."""

    def __init__(
        self,
        reach: Reach,
        *,
        bounds: Bounds,
        ticks: Ticks,
        resolve: Resolve = system_resolve,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        self._reach = reach
        self._bounds = bounds
        self._ticks = ticks
        self._verify = verify or httpx2.create_ssl_context()
        self._backend = _Backend(reach, ticks, resolve)
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and return its answer, the body unread."""
        wanted = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                              target=request.url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )  # fmt: skip
        with _as_httpx2():
            answer = self._pool_for(request.url).handle_request(wanted)
        headers = httpx2.Headers(answer.headers)
        decode = _decoder(headers.pop("content-encoding", ""), request.url.host)
        body = _Body(answer, decode, size=self._bounds.size, ends=_ends.get())
        return httpx2.Response(answer.status, headers=headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _pool_for(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        if url.scheme not in {"http", "https"}:
            raise UnsafeInput(f"scheme {url.scheme!r} is not asked", hint="use https://")
        self._reach.check_name(url.host)
        proxy = _proxy_of(url) if self._reach.everything else ""
        if proxy not in self._pools:
            self._pools[proxy] = self._proxied(proxy) if proxy else self._direct()
        return self._pools[proxy]

    def _direct(self) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=self._verify,
            max_connections=self._bounds.connections,
            keepalive_expiry=30,
            network_backend=self._backend,
        )

    def _proxied(self, proxy: str) -> httpcore2.ConnectionPool:
        named = httpx2.Proxy(proxy)
        return httpcore2.HTTPProxy(
            str(named.url),
            proxy_auth=named.raw_auth,
            ssl_context=self._verify,
            max_connections=self._bounds.connections,
            keepalive_expiry=30,
            network_backend=self._backend,
        )


class _Backend(httpcore2.NetworkBackend):
    """Connects to checked addresses only: what was checked is what is connected to, so no name is resolved twice."""

    def __init__(self, reach: Reach, ticks: Ticks, resolve: Resolve) -> None:
        self._reach = reach
        self._ticks = ticks
        self._resolve = resolve
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._reach.addresses(host, port, resolve=self._resolve)
        failure: Exception | None = None
        for address in addresses:
            try:
                left = _left(timeout, self._ticks, httpcore2.ConnectTimeout)
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._ticks)
        raise failure or httpcore2.ConnectError(f"{host} has no address")


class _Stream(httpcore2.NetworkStream):
    """A connection whose single waits also end with the request's time: a peer that drips cannot hold it open."""

    def __init__(self, inner: httpcore2.NetworkStream, ticks: Ticks) -> None:
        self._inner = inner
        self._ticks = ticks

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, self._ticks, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = _left(timeout, self._ticks, httpcore2.WriteTimeout)
            self._inner.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, self._ticks, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._ticks)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Body(httpx2.SyncByteStream):
    """A body as it arrives, decoded, up to its size and until its time."""

    def __init__(self, answer: httpcore2.Response, decode: _Decode, *, size: int, ends: float | None) -> None:
        self._answer = answer
        self._decode = decode
        self._size = size
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        chunks = iter(self._answer.iter_stream())
        while True:
            with until(self._ends), _as_httpx2():
                chunk = next(chunks, None)
            if chunk is None:
                return
            for piece in self._decode(chunk):
                seen += len(piece)
                if seen > self._size:
                    raise LimitExceeded(f"an answer is larger than {self._size} bytes")
                yield piece

    def close(self) -> None:
        with until(self._ends), _as_httpx2():
            self._answer.close()


_Decode = Callable[[bytes], Iterator[bytes]]


def _decoder(encoding: str, host: str) -> _Decode:
    """Undo an encoding in pieces, so that a small body never becomes a large one in memory at once."""
    if encoding.lower() in {"", "identity"}:
        return lambda chunk: iter((chunk,))
    if encoding.lower() not in {"gzip", "x-gzip"}:
        raise OutsideFailed(f"{host} answered in the encoding {encoding[:40]!r}, which was not asked for")
    state = zlib.decompressobj(wbits=31)

    def gunzip(chunk: bytes) -> Iterator[bytes]:
        nonlocal state
        piece = b""
        try:
            while chunk or (len(piece) == _PIECE and not state.eof):
                if state.eof:
                    state = zlib.decompressobj(wbits=31)
                piece = state.decompress(chunk, _PIECE)
                yield piece
                chunk = state.unused_data if state.eof else state.unconsumed_tail
        except zlib.error as error:
            raise OutsideFailed(f"{host} answered with a body that is no gzip") from error

    return gunzip


def _proxy_of(url: httpx2.URL) -> str:
    proxy = getproxies().get(url.scheme, "")
    if not proxy or proxy_bypass(f"{url.host}:{url.port}" if url.port else url.host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _left(timeout: float | None, ticks: Ticks, late: type[httpcore2.TimeoutException]) -> float | None:
    """The shorter of a wait and what is left of the request's time."""
    ends = _ends.get()
    if ends is None:
        return timeout
    left = ends - ticks.clock.elapsed()
    if left <= 0:
        raise late("the request took longer than it may")
    return left if timeout is None else min(timeout, left)


@contextmanager
def _as_httpx2() -> Iterator[None]:
    """The errors of the layer below under the names of the layer above, which are the same names."""
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError,
            httpcore2.UnsupportedProtocol) as error:  # fmt: skip
        kind = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise kind(str(error)) from error
