"""Debian packages that a program needs beside its own dependencies: the lists which platforms install with apt.

Sources: `Aptfile` of Heroku's apt buildpack; `packages.txt` of Streamlit Community Cloud and Hugging Face Spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.files.place import Place
from fops.onboarding.model import LIKELY, Fact

_LISTS = ("Aptfile", "packages.txt")
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]+")  # Debian policy, 5.6.1
_RENAMED = {"libgl1-mesa-glx": "libgl1", "chromium-browser": "chromium"}  # of older releases and of Ubuntu


def facts(place: Place) -> Iterator[Fact]:
    """The fact `system_packages`, by the names of today's Debian."""
    for path in _LISTS:
        lines = (place.tree.read(path) or "").splitlines()
        named = [(number, text.strip()) for number, text in enumerate(lines, start=1)]
        found = [(number, text) for number, text in named if _NAME.fullmatch(text)]
        if found:
            yield Fact(
                name="system_packages",
                value=sorted({_RENAMED.get(text, text) for _, text in found}),
                rule="system-packages.list",
                confidence=LIKELY,
                file=path,
                line=found[0][0],
            )
