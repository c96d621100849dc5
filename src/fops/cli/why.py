"""`fops why ID|FILE[:LINE]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, link, print_json, print_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fops.cli.session import Session
    from fops.provenance import Explanation

MAX_BRANCHES = 12  # a plan rests on dozens of facts; more than a screen explains nothing
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
    explanation = session.app.explainer.explain(session.context(), subject)
    if as_json or fields:
        print_json(explanation.as_json(), fields=fields)
        return
    print_lines(_tree(explanation, limit=None if everything else MAX_BRANCHES))


def _tree(explanation: Explanation, *, limit: int | None) -> Iterator[str]:
    yield _says(explanation)
    yield from _branches(explanation, limit=limit, indent="", shown={explanation.node.id})


def _branches(explanation: Explanation, *, limit: int | None, indent: str, shown: set[str]) -> Iterator[str]:
    """What lies below, each thing unfolded once: a plan rests on the same facts wherever it stands."""
    below = explanation.rests_on[:limit]
    for position, one in enumerate(below):
        last = position == len(explanation.rests_on) - 1
        again = one.node.id in shown and bool(one.rests_on)
        yield f"{indent}{'└─ ' if last else '├─ '}{_says(one)}{'  (unfolded above)' if again else ''}"
        shown.add(one.node.id)
        if not again:
            yield from _branches(one, limit=limit, indent=indent + ("   " if last else "│  "), shown=shown)
    if len(below) < len(explanation.rests_on):
        yield f"{indent}└─ … and {len(explanation.rests_on) - len(below)} more: --all shows them"


def _says(explanation: Explanation) -> str:
    node = explanation.node
    place = link(node.location.file, str(node.location)) if node.location else ""
    details = [part for part in (place, f"rule {node.rule}" if node.rule else "") if part]
    identity = (
        f" ({node.id})" if node.kind not in {"fact", "step", "generated line", "generated file"} else ""
    )
    return f"{node.kind}{identity}: {node.says}" + (f"  [{'; '.join(details)}]" if details else "")
