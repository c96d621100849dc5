"""A terminal of a given width, as a person in front of a program has it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence


def on_a_terminal(
    words: Sequence[str], *, columns: int, environment: Mapping[str, str] | None = None
) -> list[str]:
    """The lines a program shows on the stdout of a terminal; without COLUMNS, which would win over the width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if name not in {"COLUMNS", "LINES"}}
    subprocess.run(
        words,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=kept,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    text = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end of a terminal is closed
        while part := os.read(ours, 4096):
            text += part
    os.close(ours)
    return text.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
