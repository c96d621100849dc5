"""`fops worker`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.session import leave_now, say
from fops.kernel.errors import UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session


def worker(
    context: typer.Context,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, help="Operations at a time; default MAX_RUNNING."),
    ] = None,
) -> None:
    """Carry operations out until stopped, beside a server or instead of the one inside it."""
    try:
        from fops.worker.working import work  # noqa: PLC0415 - only this command works
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the worker's parts are not installed: {error.name}", hint="pip install 'fops[server]'"
        ) from error

    session: Session = context.obj
    ended = work(session.app, concurrency=concurrency, say=say)
    say("stopped" if ended else "stopped; what still ran is taken up by the next worker")
    if not ended:
        leave_now()
