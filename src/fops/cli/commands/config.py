"""`fops config show` and `fops completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.output import FieldsOption, JsonOption, print_json, print_lines
from fops.cli.table import print_table
from fops.kernel.redaction import redact_text
from fops.kernel.settings import written

if TYPE_CHECKING:
    from fops.cli.session import Session

app = typer.Typer(help="Settings and where they come from.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def config() -> None:
    """Settings and where they come from."""


@app.command()
def show(
    context: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value came from.")] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """Every setting with its value; secrets are masked."""
    session: Session = context.obj
    loaded = session.app.settings.loaded()
    if as_json or fields:
        document = {
            one.name: {"value": None if one.value is None else _shown(one.value), "origin": one.origin}
            for one in loaded
        }
        print_json(document, fields=fields)
        return
    rows = [
        (one.name, "not set" if one.value is None else _shown(one.value), *([one.origin] if origin else []))
        for one in loaded
    ]
    headings = ("setting", "value", *(["origin"] if origin else []))
    print_table(headings, rows, color=session.color, folded="value")


def _shown(value: object) -> str:
    """As text, without the password that a URL may hold."""
    return redact_text(written(value))


def completion(
    shell: Annotated[
        str, typer.Argument(metavar="bash|zsh|fish", help="The shell to complete for.")
    ] = "bash",
) -> None:
    """Print the completion script of a shell. For this shell alone: `eval "$(fops completion bash)"`."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # noqa: PLC0415 - only this command

    from fops.kernel.errors import UsageError  # noqa: PLC0415 - as above

    if shell not in {"bash", "zsh", "fish"}:
        raise UsageError(f"no completion for {shell!r}", hint="bash, zsh and fish are supported")
    print_lines([get_completion_script(prog_name="fops", complete_var="_FOPS_COMPLETE", shell=shell)])
