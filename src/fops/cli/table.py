"""Tables for people, as wide as their terminal; a pipe gets tab-separated rows without decoration."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence

from fops.cli.output import print_lines, shown

_GAP = 2
_LEAST = 20  # columns below which a folded text is a tower of syllables


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    color: bool,
    folded: str,
    spare: str | None = None,
) -> None:
    """One row each. On a terminal only the column `folded` breaks its lines, and `spare` gives way when it is narrow.

    Where even that has no room, each row becomes a block of lines: a word is never cut in two.
    """
    cells = [[shown(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print_lines("\t".join(" ".join(cell.split("\n")) for cell in row) for row in cells)
        return
    width = shutil.get_terminal_size().columns
    kept = [heading for heading in headings if heading != spare]
    fitting = next(
        (one for one in (list(headings), kept) if _room(one, headings, cells, folded) <= width), None
    )
    if fitting is None:
        print_lines(_blocks(headings, cells))
    else:
        _print_rich(headings, cells, fitting, (folded, width, color))


def _room(chosen: Sequence[str], headings: Sequence[str], cells: list[list[str]], folded: str) -> int:
    """The columns a terminal needs for these headings, with `_LEAST` for the one that may break its lines."""
    widths = {
        heading: max(
            len(line) for cell in (heading, *(row[at] for row in cells)) for line in cell.split("\n")
        )
        for at, heading in enumerate(headings)
    }
    widths[folded] = min(widths[folded], _LEAST)
    return sum(widths[heading] for heading in chosen) + _GAP * (len(chosen) - 1)


def _blocks(headings: Sequence[str], cells: list[list[str]]) -> Iterator[str]:
    margin = max(map(len, headings))
    for number, row in enumerate(cells):
        if number:
            yield ""
        for heading, cell in zip(headings, row, strict=True):
            yield f"{heading:<{margin}}  {cell}".replace("\n", f"\n{'':<{margin}}  ")


def _print_rich(
    headings: Sequence[str], cells: list[list[str]], chosen: Sequence[str], look: tuple[str, int, bool]
) -> None:
    from rich.console import Console  # noqa: PLC0415 - 50 ms only tables pay
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    folded, width, color = look
    table = Table(box=None, pad_edge=False, header_style="bold" if color else None)
    for heading in chosen:
        table.add_column(heading, overflow="fold", no_wrap=heading != folded)
    for row in cells:
        table.add_row(*(Text(cell) for heading, cell in zip(headings, row, strict=True) if heading in chosen))
    Console(no_color=not color, highlight=False, width=width).print(table)
