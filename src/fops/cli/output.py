"""Data on stdout: one JSON document, JSON lines, or plain lines."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Iterable, Mapping
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
    _out(_escaped(json.dumps(narrow(document, fields), indent=2, ensure_ascii=False)))


def print_json_lines(documents: Iterable[Mapping[str, Any]], *, fields: str | None = None) -> None:
    """One document a line."""
    for document in documents:
        _out(_escaped(json.dumps(narrow(document, fields), ensure_ascii=False)))


def narrow(document: Mapping[str, Any], fields: str | None) -> Mapping[str, Any]:
    """The document with the named keys only, in the order named."""
    if fields is None:
        return document
    return {name: document[name] for name in known_fields(fields, document)}


def known_fields(fields: str | None, known: Iterable[str]) -> list[str]:
    """The named keys in their order. Raises UsageError for one that is not known, so that a typo costs no work."""
    known = list(known)
    names = [name.strip() for name in (fields or "").split(",") if name.strip()]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"no field {name!r} in this output", hint=f"{hint}there are: {', '.join(known)}")
    return names


def print_lines(lines: Iterable[str]) -> None:
    """Plain lines."""
    for line in lines:
        _out(line)


def link(path: Path | str, text: str | None = None) -> str:
    """A path that terminals which can make it clickable do; plain text elsewhere."""
    shown = text or str(path)
    if not sys.stdout.isatty() or os.environ.get("TERM") in {None, "dumb"}:
        return shown
    return f"\033]8;;{Path(path).absolute().as_uri()}\033\\{shown}\033]8;;\033\\"


def _escaped(document: str) -> str:
    """The same JSON without characters that steer a terminal: they stand only inside strings, which may escape them."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in document
    )


def shown(cell: str) -> str:
    """Text from a repository must not steer the terminal: control and direction characters become visible."""
    return "".join(
        letter if letter.isprintable() or letter in " \n" else f"\\x{ord(letter):02x}" for letter in cell
    )


def _out(line: str) -> None:
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"))  # noqa: T201 - stdout is data
