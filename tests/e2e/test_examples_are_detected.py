"""The examples are read as their authors meant them; each says what it is in its `expected.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import FolderTree
from fops.onboarding.model import Source
from fops.onboarding.plan import Options, plan

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/expected.json"))


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("expected", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_has_the_facts_its_author_wrote_down(expected: Path) -> None:
    facts = json.loads(expected.read_text())["facts"]
    findings = detect(FolderTree(expected.parent))
    assert findings.deployable, findings.reason
    assert not findings.conflicts
    top = findings.apps[0]
    assert {name: top.value(name) for name in facts} == facts


@pytest.mark.parametrize("expected", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_goes_where_its_author_wants_it_without_being_told(expected: Path) -> None:
    tree = FolderTree(expected.parent)
    source = Source(url="example", owner=None, name="example", default_branch="main", ref=None, commit=None)
    made = plan(source, tree, detect(tree), Options())
    assert made.plan.target == json.loads(expected.read_text())["target"]
