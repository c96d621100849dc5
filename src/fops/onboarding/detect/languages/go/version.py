"""Which Go the repository pins.

Precedence: what the people's version managers install (`.go-version`, mise, asdf), GOTOOLCHAIN in `.envrc` or `.env`,
Heroku's `// +heroku goVersion` comment, then the go command's own rule: the `toolchain` line of go.work or go.mod,
else the `go` line (https://go.dev/doc/toolchain). A `go` line newer than a pin is a conflict: the go command refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.go.modules import directive, modules, workspace_folders
from fops.onboarding.detect.languages.tool_versions import Pin, tool_versions, version_fact
from fops.onboarding.model import CERTAIN, STRONG, Fact
from fops.onboarding.ports import Tree

_NUMBER = re.compile(r"(?<![\d.])1\.\d+(?:\.\d+)?")


def version(tree: Tree) -> Iterator[Fact]:
    """The pinned version, and a `go` line that contradicts it."""
    pin = next((pin for pin in _pins(tree) if _NUMBER.search(pin[1].value)), None)
    required = next(_directives(tree, r"^go\s+(\S+)"), None)
    if pin:
        yield _fact(*pin, confidence=CERTAIN)
    if required and _NUMBER.search(required.value) and (pin is None or _older(pin[1].value, required.value)):
        yield _fact("go-directive", required, confidence=STRONG)


def _pins(tree: Tree) -> Iterator[tuple[str, Pin]]:
    sources = (
        ("go-version-file", _single(directive(tree, ".go-version", r"^[ \t]*v?(\d\S*)"))),
        ("tool-versions", tool_versions(tree, "go", "golang")),
        ("gotoolchain", _single(directive(tree, ".envrc", _GOTOOLCHAIN))),
        ("gotoolchain", _single(directive(tree, ".env", _GOTOOLCHAIN))),
        ("heroku-comment", _directives(tree, r"^[ \t]*//\s*\+heroku\s+goVersion\s+(\S+)")),
        ("toolchain-directive", _directives(tree, r"^toolchain\s+(go\S+)")),
    )
    return ((rule, pin) for rule, pins in sources for pin in pins)


_GOTOOLCHAIN = r"^[ \t]*(?:export\s+)?GOTOOLCHAIN=[\"']?(go1[^\s\"']*)"


def _single(pin: Pin | None) -> Iterator[Pin]:
    return iter((pin,) if pin else ())


def _directives(tree: Tree, pattern: str) -> Iterator[Pin]:
    """The line of go.work, of the top's go.mod, else of the first used module."""
    files = ["go.work", "go.mod", *(module.file for module in modules(tree) if workspace_folders(tree))]
    return (pin for path in files if (pin := directive(tree, path, pattern)))


def _fact(rule: str, pin: Pin, *, confidence: float) -> Fact:
    return version_fact(f"go.version.{rule}", _NUMBER.findall(pin.value)[0], pin, confidence=confidence)


def _older(pinned: str, required: str) -> bool:
    """Compared as far as both say: 1.22 is not older than 1.22.3."""
    numbers = [[int(part) for part in _NUMBER.findall(text)[0].split(".")] for text in (pinned, required)]
    shared = min(map(len, numbers))
    return numbers[0][:shared] < numbers[1][:shared]
