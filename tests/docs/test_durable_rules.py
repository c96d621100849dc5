"""The rules of durable work: each names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_rule_names_a_test_that_is_there():
    page = (ROOT / "src/fops/workflows/README.md").read_text()
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", page)
    assert len(named) == page.count("\n| ") - 1
    absent = [name for file, name in named if f"def {name}(" not in (ROOT / "tests" / file).read_text()]
    assert absent == []
