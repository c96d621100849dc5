"""Tables on terminals of every width: no word is cut in two, nothing is lost."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

_ROW = ("health_path", "/healthz of everything", "cmd/api/main.go:17", "go.route.health", "70 %")
_PROGRAM = f"""
from fops.cli.table import print_table
print_table(("fact", "value", "evidence", "rule", "sure"), [{_ROW!r}, {_ROW!r}], color=False, folded="value", spare="rule")
"""


def _on_a_terminal(columns: int) -> list[str]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    subprocess.run([sys.executable, "-c", _PROGRAM], stdout=theirs, env=environment, check=True, timeout=60)
    os.close(theirs)
    text = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end of a terminal is closed
        while part := os.read(ours, 4096):
            text += part
    os.close(ours)
    return text.decode().replace("\r\n", "\n").rstrip("\n").split("\n")


@pytest.mark.parametrize("columns", [200, 80, 60, 30])
def test_no_word_of_a_table_is_cut_however_narrow_the_terminal(columns: int) -> None:
    said = "\n".join(_on_a_terminal(columns))
    for word in ("health_path", "/healthz", "everything", "cmd/api/main.go:17", "70 %"):
        assert said.count(word) == 2, said


def test_a_table_keeps_within_its_terminal() -> None:
    assert max(map(len, _on_a_terminal(80))) <= 80
    assert max(map(len, _on_a_terminal(66))) <= 66


def test_a_wide_terminal_shows_every_column_and_a_narrow_one_spares_the_rule() -> None:
    assert "go.route.health" in _on_a_terminal(90)[1]
    assert "go.route.health" not in "\n".join(_on_a_terminal(66))


def test_what_has_no_room_for_a_table_becomes_blocks() -> None:
    lines = _on_a_terminal(40)
    assert lines[:2] == ["fact      health_path", "value     /healthz of everything"]
    assert lines[5] == ""
