"""The `fops` app: global options, and every error as `error: …`, `hint: …` and an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from fops import __version__
from fops.cli import audit, onboard, serve, why
from fops.cli.commands import auth, config, db, doctor, service
from fops.cli.progress import Progress
from fops.cli.session import Session, say
from fops.kernel.errors import Cancelled, FopsError, UsageError

if TYPE_CHECKING:
    from typer._click.exceptions import ClickException

_ORDER = (
    "onboard", "why", "service", "audit", "serve", "worker", "auth", "db", "doctor", "config", "completion",
)  # fmt: skip


class _ByNeed(TyperGroup):
    """Lists the commands in the order in which a newcomer needs them: Typer has groups after all else."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=_ORDER.index)


app = typer.Typer(
    name="fops",
    cls=_ByNeed,
    epilog="Start in a repository with `fops --dry-run onboard repo .`: it shows all that would be made, and makes nothing. "
    "The options above stand before the command.",
    help="Take a repository from nothing to deployed, with evidence for every claim.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.add_typer(onboard.app, name="onboard")
app.command("why")(why.why)
app.add_typer(service.app, name="service")
app.add_typer(audit.app, name="audit")
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.add_typer(auth.app, name="auth")
app.add_typer(db.app, name="db")
app.command("doctor")(doctor.doctor)
app.add_typer(config.app, name="config")
app.command("completion")(config.completion)


def _version(asked: bool) -> None:
    if asked:
        print(f"fops {__version__}")  # noqa: T201 - stdout is data
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show all that would be done, and do nothing of it."),
    ] = False,
    config_file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Take settings from this TOML or .env file too."),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose", "-v", count=True, show_default=False, help="Show the traceback of an error."
        ),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress, and ask nothing.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take a repository from nothing to deployed, with evidence for every claim."""
    del version  # its callback has answered
    if config_file is not None and not config_file.is_file():
        raise UsageError(
            f"--config {config_file} is no file", hint="name a TOML file or an .env file that exists"
        )
    color = not no_color and "NO_COLOR" not in os.environ
    progress = Progress(quiet=quiet, color=color)
    context.obj = Session(
        dry_run=dry_run, config=config_file, verbose=verbose, quiet=quiet, color=color, listener=progress
    )


def main(words: list[str] | None = None) -> int:
    """Run the command line and return its exit code; the one place of this door that catches everything."""
    words = sys.argv[1:] if words is None else words
    verbose = any(word in {"-v", "-vv", "--verbose"} for word in words[:4])
    try:
        return _run(words)
    except FopsError as error:
        return _fail(error, verbose=verbose)
    except KeyboardInterrupt:
        return _fail(Cancelled("stopped"), verbose=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more to say
        return 0
    except Exception as error:
        if verbose:
            raise
        say(f"error: {type(error).__name__}: {error}")
        say("hint: this is a mistake in F-Ops; `fops --verbose …` shows where, and a report with it helps")
        return 1


def _run(words: list[str]) -> int:
    from typer._click.exceptions import ClickException  # noqa: PLC0415 - Typer carries its own Click

    try:
        result = app(words, prog_name="fops", standalone_mode=False)
    except ClickException as error:
        return _usage(error)
    except typer.Abort:
        return _fail(Cancelled("stopped"), verbose=False)
    if result == Cancelled.exit_code:  # how Typer answers Ctrl-C inside a command
        return _fail(Cancelled("stopped"), verbose=False)
    return result if isinstance(result, int) else 0


def _usage(error: ClickException) -> int:
    from typer._click.exceptions import NoArgsIsHelpError  # noqa: PLC0415 - as above

    message = error.format_message().strip()
    if isinstance(error, NoArgsIsHelpError):  # its message is the help of the group
        say(message)
    elif message:
        first, _, near = message.partition("Did you mean")
        say(f"error: {first.partition(' (Possible')[0].strip().rstrip('.')}")
        say(f"hint: {_usage_hint(error, near.strip())}")
    return error.exit_code


def _usage_hint(error: ClickException, near: str) -> str:
    """Where a global option belongs, what was meant, or where to read on."""
    context = getattr(error, "ctx", None)
    if context is None:
        return "`fops --help` shows all commands"
    everywhere = {name for parameter in context.find_root().command.params for name in parameter.opts}
    misplaced = getattr(error, "option_name", None)
    if context.parent and misplaced in everywhere:
        inner = context.command_path.removeprefix("fops ")
        return f"{misplaced} stands before the command: `fops {misplaced} {inner} …`"
    options = getattr(error, "possibilities", None)
    if options or near:
        return f"did you mean {options[0]}?" if options else f"did you mean {near}"
    for name, group in getattr(context.command, "commands", {}).items():
        for inner in getattr(group, "commands", {}):
            if f"'{inner}'" in error.format_message():
                return f"did you mean `{context.command_path} {name} {inner}`?"
    return f"`{context.command_path} --help` shows what there is"


def _fail(error: FopsError, *, verbose: bool) -> int:
    if verbose and not isinstance(error, Cancelled):
        import traceback  # noqa: PLC0415 - only when asked

        traceback.print_exception(error, file=sys.stderr)
    say(f"error: {error.message}")
    if error.hint:
        say(f"hint: {error.hint}")
    return error.exit_code
