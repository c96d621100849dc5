"""Steps with their time on stderr: a live line on a terminal, plain lines elsewhere, nothing under --quiet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fops.cli.session import say

if TYPE_CHECKING:
    from fops.actions import StepEvent

_MARKS = {"succeeded": ("✓", "32"), "failed": ("✗", "31"), "cancelled": ("✗", "33")}


class Progress:
    """Hears the steps of an operation."""

    def __init__(self, *, quiet: bool, color: bool) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._color = color and self._live

    def __call__(self, event: StepEvent) -> None:
        """Show one event."""
        if self._quiet:
            return
        if event.status == "started":
            if self._live:
                sys.stderr.write(f"  {event.step} …")
                sys.stderr.flush()
            return
        if self._live:
            sys.stderr.write("\r\033[K")
        mark, color = _MARKS[event.status]
        mark = f"\033[{color}m{mark}\033[0m" if self._color else mark
        detail = "" if event.status == "failed" else event.detail  # the error follows, with its hint
        say(f"{mark} {event.step:<9} {event.seconds:6.2f} s  {detail}".rstrip())
