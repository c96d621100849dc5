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
    from fops.client.login import Login
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
        """The way into the house: the server of this data directory, else the one signed in to, else this process."""
        return self._remote or self.app.invoker

    @cached_property
    def place(self) -> str:
        """Where `invoker` leads, for a person."""
        if self._remote is None:
            return f"this machine, {self.app.home}"
        return self.login.url if self.login and not self.own_server else f"the server of {self.app.home}"

    @cached_property
    def login(self) -> Login | None:
        """The server that this machine is signed in to."""
        if not (self.app.home / "login.json").exists():
            return None  # without the client and its HTTP
        from fops.client.login import Logins  # noqa: PLC0415 - only where somebody signed in

        return Logins(self.app.home).read()

    @cached_property
    def own_server(self) -> bool:
        """Whether a server of this data directory runs: it goes before any other."""
        from fops.bootstrap.server import SOCKET  # noqa: PLC0415 - as app

        socket = self.app.home / SOCKET
        if not socket.exists():
            return False
        from fops.client.invoke import answers  # noqa: PLC0415 - only where a server ran

        return answers(socket)

    @cached_property
    def _remote(self) -> Invoker | None:
        if not (self.own_server or self.login):
            return None
        from fops.bootstrap.server import SOCKET  # noqa: PLC0415 - as app
        from fops.client.invoke import HttpInvoker, at_socket  # noqa: PLC0415 - as own_server
        from fops.client.login import Bearing, Logins, at_url  # noqa: PLC0415 - as login

        if self.own_server or self.login is None:
            return HttpInvoker(at_socket(self.app.home / SOCKET), self.listener)
        return HttpInvoker(at_url(self.login.url, Bearing(Logins(self.app.home), self.login)), self.listener)

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
