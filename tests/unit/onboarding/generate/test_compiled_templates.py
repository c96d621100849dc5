from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from fops.onboarding.generate.render.compiled import compiled_templates


@pytest.fixture(autouse=True)
def _bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def rendered(text: str, folder: Path) -> str:
    environment = Environment(
        loader=DictLoader({"t": text}),
        bytecode_cache=compiled_templates(folder),
        autoescape=True,
    )
    return environment.get_template("t").render()


def test_a_template_is_compiled_once_and_again_when_it_changes(tmp_path: Path) -> None:
    assert rendered("one", tmp_path) == "one"
    (kept,) = tmp_path.iterdir()
    before = kept.read_bytes()
    assert rendered("one", tmp_path) == "one"
    assert kept.read_bytes() == before
    assert rendered("two", tmp_path) == "two"


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    assert rendered("one", tmp_path / "absent" / "folder") == "one"


def test_where_python_writes_no_bytecode_neither_do_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled_templates() is None
