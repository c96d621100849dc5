"""`fops serve` and `fops worker`: the processes that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.session import leave_now
from fops.cli.session import say as show
from fops.kernel.errors import UsageError

if TYPE_CHECKING:
    from fops.bootstrap import App
    from fops.cli.session import Session


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port there; 0 takes a free one.")
    ] = 8000,
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Carry operations out, or leave that to `fops worker`."),
    ] = True,
) -> None:
    """Answer over HTTP until stopped. Commands of the same data directory go through it."""
    with _installed("server"):
        from fops.api.serving import serve as run  # noqa: PLC0415 - only this command serves

    _stay(
        context, "server", lambda app, say: run(app, host=host, port=port, works=worker, say=say, show=show)
    )


def worker(
    context: typer.Context,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, help="Operations at a time; default MAX_RUNNING."),
    ] = None,
) -> None:
    """Carry out what servers took, until stopped. Beside the worker inside a server, or instead of it."""
    with _installed("worker"):
        from fops.worker.working import work  # noqa: PLC0415 - only this command works

    _stay(context, "worker", lambda app, say: work(app, concurrency=concurrency, say=say))


def _stay(context: typer.Context, what: str, run: Callable[[App, Callable[[str], None]], bool]) -> None:
    """Let a process run until it is stopped, its lines in the log; `run` returns whether all work has ended."""
    with _installed(what):
        from fops.bootstrap.observed import door_of  # noqa: PLC0415 - only processes that stay are observed
        from fops.telemetry.logs import configured  # noqa: PLC0415 - as above
        from fops.telemetry.settings import TelemetrySettings  # noqa: PLC0415 - as above

    session: Session = context.obj
    session.listener = lambda _event: None  # the steps of its operations are told to whoever asked for them
    with configured(session.app.settings.group(TelemetrySettings)) as say, door_of(session.app):
        ended = run(session.app, say)
        say("stopped" if ended else "stopped; what still ran is taken up by the next worker")
    if not ended:
        leave_now()


@contextmanager
def _installed(what: str) -> Iterator[None]:
    """Say how the parts of a process are installed where they are not. Raises UsageError."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the {what}'s parts are not installed: {error.name}", hint="pip install 'fops[server]'"
        ) from error
