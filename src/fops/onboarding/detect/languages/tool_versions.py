"""Versions pinned for the version managers that serve every language: asdf's `.tool-versions` and mise's `mise.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.evidence import key_line, read_toml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.model import Fact
from fops.onboarding.ports import Tree

MISE_FILES = ("mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml", ".config/mise/config.toml")
"""https://mise.jdx.dev/configuration.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A version as a file states it, and where."""

    value: str
    file: str
    line: int | None


def version_fact(rule: str, value: str | None, pin: Pin, *, confidence: float) -> Fact:
    """The fact `runtime_version` of a pin; `value` is what the pin's text means."""
    return Fact(
        name="runtime_version", value=value, rule=rule, confidence=confidence, file=pin.file, line=pin.line
    )


def tool_versions(tree: Tree, *names: str) -> Iterator[Pin]:
    """What mise and asdf would install for a tool known by any of the names, mise's own file first."""
    yield from _mise(tree, names)
    yield from _asdf(tree, names)


def _mise(tree: Tree, names: tuple[str, ...]) -> Iterator[Pin]:
    for path in MISE_FILES:
        tools = nested(read_toml(tree, path), "tools")
        for name in names:
            value = _first(nested(tools, name))
            if value:
                line = key_line(tree, path, "tools", name) or key_line(tree, path, f"tools.{name}")
                yield Pin(value=value, file=path, line=line)


def _first(value: object) -> str | None:
    """In mise a version may be text, a list of them (the first is the default), or a table with `version`."""
    if isinstance(value, list):
        return _first(value[0]) if value else None
    if isinstance(value, dict):
        return _first(value.get("version"))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _asdf(tree: Tree, names: tuple[str, ...]) -> Iterator[Pin]:
    for number, line in enumerate((tree.read(".tool-versions") or "").splitlines(), start=1):
        found = re.match(r"\s*([\w-]+)\s+([^\s#]+)", line)
        if found and found[1] in names:
            yield Pin(value=found[2], file=".tool-versions", line=number)
