"""What the global options opened: kept for one command, never in a global of another room."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fops.actions import Invoker, StepEvent
    from fops.bootstrap import App
    from fops.kernel.context import RequestContext


@dataclass
class Session:
    """The global options of one call; `listener` hears the steps of operations."""

    dry_run: bool = False
    config: Path | None = None
    verbose: int = 0
    quiet: bool = False
    color: bool = True
    listener: Callable[[StepEvent], None] = lambda _event: None

    @cached_property
    def app(self) -> App:
        """The wired house; settings are read here, at first use."""
        from fops.bootstrap import open_app  # noqa: PLC0415 - `fops --help` needs no house
        from fops.bootstrap.settings import Settings  # noqa: PLC0415 - as above

        return open_app(Settings(config=self.config), listener=self.listener)

    @cached_property
    def invoker(self) -> Invoker:
        """The way into the house: through the server of this data directory where one answers, else in this process."""
        from fops.bootstrap.server import SOCKET  # noqa: PLC0415 - as app

        socket = self.app.home / SOCKET
        if not socket.exists():
            return self.app.invoker
        from fops.client.invoke import HttpInvoker, answers, at_socket  # noqa: PLC0415 - only where a server ran

        return HttpInvoker(at_socket(socket), self.listener) if answers(socket) else self.app.invoker

    def context(self, *, dry_run: bool = False) -> RequestContext:
        """A fresh request from this door; `dry_run` of the command comes beside the global one."""
        return self.app.context(door="cli", dry_run=self.dry_run or dry_run)

    @property
    def can_ask(self) -> bool:
        """Whether a person sits there to answer."""
        return not self.quiet and sys.stdin.isatty() and sys.stderr.isatty()


def say(text: str = "") -> None:
    """One line of talk on stderr."""
    print(text, file=sys.stderr)  # noqa: T201 - the command line speaks


def leave_now() -> None:
    """End this process although threads of it still work: their results would not be recorded any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
