"""What belongs together: the words that every log line of a request carries, and the headers its calls take along.

This is for people who read logs and traces, and decides nothing: who asks is in the RequestContext alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})
_WORDS: ContextVar[Mapping[str, str]] = ContextVar("fops_words", default=_NONE)
_HEADERS: ContextVar[Mapping[str, str]] = ContextVar("fops_headers", default=_NONE)


@contextmanager
def bound(**words: str) -> Iterator[None]:
    """Let the log lines inside carry these words too, such as `request_id`."""
    token = _WORDS.set({**_WORDS.get(), **words})
    try:
        yield
    finally:
        _WORDS.reset(token)


def words() -> Mapping[str, str]:
    """The words bound here."""
    return _WORDS.get()


@contextmanager
def taken_along(headers: Mapping[str, str]) -> Iterator[None]:
    """Let requests sent inside carry these headers, such as `traceparent`."""
    token = _HEADERS.set(headers)
    try:
        yield
    finally:
        _HEADERS.reset(token)


def headers() -> Mapping[str, str]:
    """The headers that an outgoing request takes along; none unless traces are on."""
    return _HEADERS.get()
