"""Data on stdout: one JSON document, JSON lines, or a table for people."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from fops.kernel.errors import UsageError

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
FieldsOption = Annotated[
    str | None, typer.Option("--fields", metavar="A,B", help="Only these keys of the JSON; implies --json.")
]


def print_json(document: Mapping[str, Any], *, fields: str | None = None) -> None:
    """One indented document; `fields` narrows its top level. Raises UsageError for a field that is not there."""
    _out(json.dumps(narrow(document, fields), indent=2, ensure_ascii=False))


def print_json_lines(documents: Iterable[Mapping[str, Any]], *, fields: str | None = None) -> None:
    """One document a line."""
    for document in documents:
        _out(json.dumps(narrow(document, fields), ensure_ascii=False))


def narrow(document: Mapping[str, Any], fields: str | None) -> Mapping[str, Any]:
    """The document with the named keys only, in the order named."""
    if fields is None:
        return document
    names = [name.strip() for name in fields.split(",") if name.strip()]
    for name in names:
        if name not in document:
            raise UsageError(f"no field {name!r} in this output", hint=f"there are: {', '.join(document)}")
    return {name: document[name] for name in names}


def print_lines(lines: Iterable[str]) -> None:
    """Plain lines."""
    for line in lines:
        _out(line)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, color: bool) -> None:
    """A table that fits the terminal; a pipe gets tab-separated rows without decoration."""
    rows = [[_shown(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print_lines("\t".join(row) for row in rows)
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms only tables pay
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False, header_style="bold" if color else None)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console(no_color=not color, highlight=False, width=shutil.get_terminal_size().columns).print(table)


def link(path: Path | str, text: str | None = None) -> str:
    """A path that terminals which can make it clickable do; plain text elsewhere."""
    shown = text or str(path)
    if not sys.stdout.isatty() or os.environ.get("TERM") in {None, "dumb"}:
        return shown
    return f"\033]8;;{Path(path).absolute().as_uri()}\033\\{shown}\033]8;;\033\\"


def _shown(cell: str) -> str:
    """Text from a repository must not steer the terminal: control and direction characters become visible."""
    return "".join(
        letter if letter.isprintable() or letter in " \n" else f"\\x{ord(letter):02x}" for letter in cell
    )


def _out(line: str) -> None:
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"))  # noqa: T201 - stdout is data
