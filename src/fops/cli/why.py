"""`fops why ID|FILE[:LINE]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.output import FieldsOption, JsonOption, link, print_json, print_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fops.cli.session import Session
    from fops.provenance import Explanation

MAX_BRANCHES = 12  # a plan rests on dozens of facts; more than a screen explains nothing


def why(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="ID|FILE[:LINE]", help="An id as a command printed it, or a generated file or line."
        ),
    ],
    everything: Annotated[bool, typer.Option("--all", help="Every branch, however many.")] = False,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """What something rests on, hop by hop, down to file:line and rule."""
    session: Session = context.obj
    explanation = session.app.explainer.explain(session.context(), subject)
    if as_json or fields:
        print_json(explanation.as_json(), fields=fields)
        return
    print_lines(_tree(explanation, limit=None if everything else MAX_BRANCHES))


def _tree(explanation: Explanation, *, limit: int | None, indent: str = "", tail: str = "") -> Iterator[str]:
    yield tail + _says(explanation)
    below = explanation.rests_on
    shown = below if limit is None or len(below) <= limit else below[:limit]
    for position, one in enumerate(shown):
        last = position == len(below) - 1
        yield from _tree(
            one,
            limit=limit,
            indent=indent + ("   " if last else "│  "),
            tail=indent + ("└─ " if last else "├─ "),
        )
    if len(shown) < len(below):
        yield f"{indent}└─ … and {len(below) - len(shown)} more: --all shows them"


def _says(explanation: Explanation) -> str:
    node = explanation.node
    place = link(node.location.file, str(node.location)) if node.location else ""
    details = [part for part in (place, f"rule {node.rule}" if node.rule else "") if part]
    identity = (
        f" ({node.id})" if node.kind not in {"fact", "step", "generated line", "generated file"} else ""
    )
    return f"{node.kind}{identity}: {node.says}" + (f"  [{'; '.join(details)}]" if details else "")
