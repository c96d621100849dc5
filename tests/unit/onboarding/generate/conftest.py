"""The golden files: whole outputs kept as text, compared byte for byte."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[3] / "golden"
ACCEPT = os.environ.get("FOPS_GOLDEN") == "accept"  # read before the tests clean their environment


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text to `tests/golden/NAME`; with FOPS_GOLDEN=accept write it instead (`make golden`)."""

    def compare(name: str, text: str) -> None:
        kept = GOLDEN / name
        if ACCEPT:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(text.encode())
        assert kept.exists(), f"{kept} is missing: run with FOPS_GOLDEN=accept and read the new file"
        assert text == kept.read_bytes().decode(), (
            f"{name} differs: run with FOPS_GOLDEN=accept and read the diff"
        )

    return compare
