"""Names such as `2048`, `no` or `1e3` are text in what we generate: one filter decides, and every template asks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "src" / "fops" / "onboarding" / "generate" / "templates"
YAML = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.y*ml.j2"))
MARK = re.compile(r"\{\{ (?:[\w.]+\.)?because\([^}]*\}\}")
ONE_PRINT = re.compile(r"\{\{ ([^{}]*) \}\}")
TEXT = {"yaml", "workflow", "quoted", "json"}


def unquoted(template: str) -> list[str]:
    """The prints that are a whole key or value, by a filter for something else than a YAML scalar."""
    found = [
        match[1]
        for line in template.splitlines()
        for part in parts(line)
        if (match := ONE_PRINT.fullmatch(part))
    ]
    return [shown for shown in found if "|" in shown and shown.rpartition("|")[2].strip() not in TEXT]


def parts(line: str) -> list[str]:
    """The key and the value of a line, or the entry of a list: without marks and comments."""
    entry = re.sub(r"^(?:- )+", "", MARK.sub("", line).partition(" #")[0].strip())
    return re.split(r":(?:\s+|$)", entry)


@pytest.mark.parametrize("name", YAML)
def test_a_whole_key_or_value_of_a_yaml_template_is_printed_as_a_yaml_scalar(name: str):
    assert unquoted((TEMPLATES / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "name: {{ x | name }}",
        "  - {{ x | path }}",
        "  - name: {{ x | name }}{{ because('name') }}",
        "{{ x | name }}:",
        "  {{ x | path }}: {{ y }}",
        "  {{ x | yaml }}: {{ y | name }}",
        "key: {{ x | words }} # why",
        "app.kubernetes.io/name: {{ x.y | name }}",
    ],
)
def test_the_rule_sees_every_place_of_a_name(line: str):
    assert len(unquoted(line)) == 1


@pytest.mark.parametrize(
    "line",
    ["name: {{ x | yaml }}", "deploy-{{ x | name }}:", "- {{ x | name }}.example.com", "port: {{ port }}",
     "run: {{ script | path }} push", "image: {{ x | path }}:{{ tag | path }}", "# {{ x | comment }}"],
)  # fmt: skip
def test_the_rule_leaves_alone_what_is_part_of_a_longer_text(line: str):
    assert unquoted(line) == []
