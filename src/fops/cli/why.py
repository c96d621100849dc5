"""`fops why ID|FILE[:LINE]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, link, print_json, print_lines

if TYPE_CHECKING:
    from fops.cli.session import Session

MAX_BRANCHES = 12  # a plan rests on dozens of facts; more than a screen explains nothing
_ID = re.compile(r"[a-z]{3}_[0-9a-z]+|sha256:[0-9a-f]+")
Explained = Mapping[str, Any]
"""The shape of `why --json`."""
_KEYS = ("id", "kind", "says", "location", "rule", "rests_on")  # what `--fields` may name


def why(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="ID|FILE[:LINE]",
            help="An id that a command printed (pro_…, opn_…, aud_…, sha256:…), or a generated file, or a line of one.",
        ),
    ],
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help=f"All of what it rests on; without, the first {MAX_BRANCHES} at each step."
        ),
    ] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """Why a generated line, file or id is as it is. What it rests on, hop by hop, down to file:line and rule."""
    session: Session = context.obj
    known_fields(fields, _KEYS)
    explanation = _explained(session, subject)
    if as_json or fields:
        print_json(explanation, fields=fields)
        return
    print_lines(_tree(explanation, limit=None if everything else MAX_BRANCHES))


def _explained(session: Session, subject: str) -> Explained:
    """An id by whoever keeps the records; a file here, where the working folder and its `.fops/onboard.lock` lie."""
    if _ID.fullmatch(subject) and not Path(subject).exists():
        return session.invoker.invoke(session.context(), "why", {"subject": subject})
    return session.app.explainer.explain(session.context(), subject).as_json()


def _tree(explanation: Explained, *, limit: int | None) -> Iterator[str]:
    yield _says(explanation)
    yield from _branches(explanation, limit=limit, indent="", shown={explanation["id"]})


def _branches(explanation: Explained, *, limit: int | None, indent: str, shown: set[str]) -> Iterator[str]:
    """What lies below, each thing unfolded once: a plan rests on the same facts wherever it stands."""
    every = explanation["rests_on"]
    below = every[:limit]
    for position, one in enumerate(below):
        last = position == len(every) - 1
        again = one["id"] in shown and bool(one["rests_on"])
        yield f"{indent}{'└─ ' if last else '├─ '}{_says(one)}{'  (unfolded above)' if again else ''}"
        shown.add(one["id"])
        if not again:
            yield from _branches(one, limit=limit, indent=indent + ("   " if last else "│  "), shown=shown)
    if len(below) < len(every):
        yield f"{indent}└─ … and {len(every) - len(below)} more: --all shows them"


def _says(explanation: Explained) -> str:
    place, rule = explanation["location"], explanation["rule"]
    shown = place and (place["file"] if place["line"] is None else f"{place['file']}:{place['line']}")
    details = [
        part for part in (link(place["file"], shown) if place else "", f"rule {rule}" if rule else "") if part
    ]
    kind = explanation["kind"]
    identity = (
        f" ({explanation['id']})" if kind not in {"fact", "step", "generated line", "generated file"} else ""
    )
    return f"{kind}{identity}: {explanation['says']}" + (f"  [{'; '.join(details)}]" if details else "")
