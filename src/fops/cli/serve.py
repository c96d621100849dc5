"""`fops serve` and `fops worker`: the processes that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.session import leave_now
from fops.cli.session import say as show
from fops.kernel.errors import UsageError

if TYPE_CHECKING:
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
    try:
        from fops.api.serving import serve as run  # noqa: PLC0415 - only this command serves
        from fops.bootstrap.observed import door_of  # noqa: PLC0415 - as above
        from fops.telemetry.logs import configured  # noqa: PLC0415 - as above
        from fops.telemetry.settings import TelemetrySettings  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the server's parts are not installed: {error.name}", hint="pip install 'fops[server]'"
        ) from error

    session: Session = context.obj
    session.listener = lambda _event: None  # the steps of its operations are told to whoever asked for them
    with configured(session.app.settings.group(TelemetrySettings)) as say, door_of(session.app):
        ended = run(session.app, host=host, port=port, works=worker, say=say, show=show)
        say("stopped" if ended else "stopped; what still ran is taken up by the next worker")
    if not ended:
        leave_now()


def worker(
    context: typer.Context,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, help="Operations at a time; default MAX_RUNNING."),
    ] = None,
) -> None:
    """Carry out what servers took, until stopped. Beside the worker inside a server, or instead of it."""
    try:
        from fops.bootstrap.observed import door_of  # noqa: PLC0415 - only this command works
        from fops.telemetry.logs import configured  # noqa: PLC0415 - as above
        from fops.telemetry.settings import TelemetrySettings  # noqa: PLC0415 - as above
        from fops.worker.working import work  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the worker's parts are not installed: {error.name}", hint="pip install 'fops[server]'"
        ) from error

    session: Session = context.obj
    session.listener = lambda _event: None  # as of a server
    with configured(session.app.settings.group(TelemetrySettings)) as say, door_of(session.app):
        ended = work(session.app, concurrency=concurrency, say=say)
        say("stopped" if ended else "stopped; what still ran is taken up by the next worker")
    if not ended:
        leave_now()
