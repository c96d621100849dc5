"""Ctrl-C at a good moment: what must be whole or not at all is not cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CHECK: ContextVar[Callable[[], None]] = ContextVar("check", default=lambda: None)


@contextmanager
def watched(check: Callable[[], None]) -> Iterator[None]:
    """A block whose long waits call `check` now and then; it raises what should end them. For this thread alone."""
    before = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(before)


def check() -> None:
    """For whoever waits long: raises when whoever watches wants the wait to end."""
    _CHECK.get()()


@contextmanager
def deferred() -> Iterator[None]:
    """A Ctrl-C pressed inside is raised when the block has ended; blocks nest, and threads are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def allowed() -> Iterator[None]:
    """A part of a deferred block that can be stopped at any point, because it undoes what it did."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
