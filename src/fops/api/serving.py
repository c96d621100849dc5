"""Serving: the sockets, the start and the stop of one server process."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from fops.api.application import create_app
from fops.api.callers import is_loopback
from fops.api.guards.sockets import MAX_HEADERS, protocol
from fops.bootstrap import App
from fops.bootstrap.limits import LimitSettings
from fops.bootstrap.server import SOCKET, STOP_SECONDS, ServerSettings
from fops.client.invoke import answers
from fops.kernel.errors import Busy, StorageFailed, UsageError

BACKLOG = 256
LONGEST_SOCKET = 103  # bytes of a path, as the shortest of the systems we run on allows


Say = Callable[[str], None]


def serve(house: App, *, host: str, port: int, works: bool, say: Say, show: Say) -> bool:
    """Serve until SIGTERM or Ctrl-C, at an address (port 0 takes a free one) and at the data directory's socket.

    `say` gets a line about where; `show` what a person at the terminal alone may see, and no log keeps; with `works` a
    worker runs inside. Returns whether all work has ended. Raises UsageError for an address that is not ours to open, Busy when a server of this
    data directory runs already.
    """
    _refuse_open_doors(house.settings.group(ServerSettings), host)
    own = house.home / SOCKET
    with ExitStack() as stack:
        sockets = [stack.enter_context(_tcp(host, port))]
        if len(os.fsencode(own)) > LONGEST_SOCKET:
            say(f"{own} is too long for a socket: this machine's own command line works beside the server")
        else:
            sockets.append(stack.enter_context(_unix(own)))
            stack.callback(own.unlink, missing_ok=True)
        shown, bound = sockets[0].getsockname()[:2]
        where = f"http://{f'[{shown}]' if ':' in shown else shown}:{bound}"
        _tell_the_first(house, where, show)
        if not is_loopback(shown):
            say("passwords and tokens come in plain HTTP here: let a proxy with TLS stand before it")
        say(f"serving on {where} (documents at /docs); Ctrl-C stops")
        return _run(house, sockets, works=works)


def _run(house: App, sockets: list[socket.socket], *, works: bool) -> bool:
    app, limits = create_app(house, works=works), house.settings.group(LimitSettings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        http=protocol(limits),
        ws="none",
        h11_max_incomplete_event_size=MAX_HEADERS,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=STOP_SECONDS,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    app.state.stops = lambda: server.should_exit
    # uvicorn raises the signal that stopped it once more when it is done: then there is nothing left to stop.
    before = {number: signal.signal(number, _ignored) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=sockets)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return bool(app.state.ended)


def _ignored(_number: int, _frame: object) -> None:
    """A signal that has done its work."""


def _refuse_open_doors(settings: ServerSettings, host: str) -> None:
    if settings.auth_mode == "off" and not is_loopback(host):
        raise UsageError(
            f"without sign-in a server may not listen on {host}", hint="leave --host out, or name 127.0.0.1"
        )


def _tell_the_first(house: App, where: str, show: Say) -> None:
    """Where nobody can sign in yet, say how the first person does. Raises UsageError without a key to sign with."""
    if house.settings.group(ServerSettings).auth_mode == "off":
        return
    people, ctx = house.identity.sign_in.people, house.context(door="cli")
    if people.none_yet(ctx):
        show(
            f"nobody can sign in yet. `fops auth login {where}` makes you admin; as the password, first give the one-time token"
        )
        show(people.setup_token(ctx))


def _tcp(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that says TCP does asyncio turn off Nagle's algorithm, which costs a kept connection 40 ms an answer.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise UsageError(
            f"{host}:{port} cannot be opened: {error.strerror}", hint="name another with --port"
        ) from error
    made.listen(BACKLOG)
    return made


def _unix(path: Path) -> socket.socket:
    """The socket of the data directory, which only its owner may open."""
    if answers(path):
        raise Busy(f"a server of {path.parent} runs already", hint="stop it first, or set another FOPS_HOME")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o077)  # first for the folder, which needs to be entered
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.umask(0o177)
        path.unlink(missing_ok=True)
        made.bind(str(path))
    except OSError as error:
        made.close()
        raise StorageFailed(f"{path} cannot be opened: {error.strerror or error}", hint="set FOPS_HOME to a folder you may write") from error  # fmt: skip
    finally:
        os.umask(before)
    made.listen(BACKLOG)
    return made
