"""Tables on terminals of every width: no word is cut in two, nothing is lost."""

from __future__ import annotations

import sys

import pytest

from factories.terminal import on_a_terminal

_ROW = ("health_path", "/healthz of everything", "cmd/api/main.go:17", "go.route.health", "70 %")
_PROGRAM = f"""
from fops.cli.table import print_table
print_table(("fact", "value", "evidence", "rule", "sure"), [{_ROW!r}, {_ROW!r}], color=False, folded="value", spare="rule")
"""


def _table(columns: int) -> list[str]:
    return on_a_terminal([sys.executable, "-c", _PROGRAM], columns=columns)


@pytest.mark.parametrize("columns", [200, 80, 60, 30])
def test_no_word_of_a_table_is_cut_however_narrow_the_terminal(columns: int) -> None:
    said = "\n".join(_table(columns))
    for word in ("health_path", "/healthz", "everything", "cmd/api/main.go:17", "70 %"):
        assert said.count(word) == 2, said


def test_a_table_keeps_within_its_terminal() -> None:
    assert max(map(len, _table(80))) <= 80
    assert max(map(len, _table(66))) <= 66


def test_a_wide_terminal_shows_every_column_and_a_narrow_one_spares_the_rule() -> None:
    assert "go.route.health" in _table(90)[1]
    assert "go.route.health" not in "\n".join(_table(66))


def test_what_has_no_room_for_a_table_becomes_blocks() -> None:
    lines = _table(40)
    assert lines[:2] == ["fact      health_path", "value     /healthz of everything"]
    assert lines[5] == ""
