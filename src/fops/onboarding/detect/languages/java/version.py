"""Which Java the repository pins.

Precedence: `.java-version` (jenv), `.sdkmanrc` (SDKMAN), `java.runtime.version` of system.properties (Heroku, Paketo),
mise and asdf, then what the build asks for: Maven's `release`, `java.version`, `target`, `source`; Gradle's toolchain,
`release`, `sourceCompatibility`. A level above the pinned version is a conflict: that Java cannot compile it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.java.builds.module import Module
from fops.onboarding.detect.languages.tool_versions import Pin, tool_versions, version_fact
from fops.onboarding.model import CERTAIN, STRONG, Fact
from fops.onboarding.ports import Tree

_FILES = (
    ("java-version-file", ".java-version", r"^[ \t]*([\w.+-]*\d[\w.+-]*)"),
    ("sdkmanrc", ".sdkmanrc", r"^[ \t]*java\s*=\s*(\S+)"),
    ("system-properties", "system.properties", r"^[ \t]*java\.runtime\.version\s*[=:]\s*(\S+)"),
)
_NUMBER = re.compile(r"(?<![\w.])(?:[a-zA-Z][a-zA-Z_]*\d*-)*(?:1\.)?(\d+(?:\.\d+)*)")
_VENDOR_NUMBERS = ("zulu",)  # Azul numbers its builds: zulu-21.30 is Java 21 but not 21.30


def version(tree: Tree, modules: tuple[Module, ...]) -> Iterator[Fact]:
    """The pinned version, and a build level that contradicts it. The application's module first in `modules`."""
    rule, pin = next(((rule, pin) for rule, pin in _pins(tree) if number(pin.value)), ("", None))
    level = next((pin for module in modules for pin in module.levels if number(pin.value)), None)
    if pin:
        yield _fact(rule, pin, confidence=CERTAIN)
    if level and (pin is None or _major(level.value) > _major(pin.value)):
        yield _fact("build-level", level, confidence=STRONG)


def number(text: str) -> str | None:
    """The version in what a file states: `temurin-21.0.2+13` is 21.0.2, `1.8` is 8."""
    found = _NUMBER.match(text.strip())
    if found is None:
        return None
    return found[1].partition(".")[0] if text.startswith(_VENDOR_NUMBERS) else found[1]


def _pins(tree: Tree) -> Iterator[tuple[str, Pin]]:
    for rule, path, pattern in _FILES:
        yield from _stated(tree, rule, path, pattern)
    yield from (("tool-versions", pin) for pin in tool_versions(tree, "java"))


def _stated(tree: Tree, rule: str, path: str, pattern: str) -> Iterator[tuple[str, Pin]]:
    text = tree.read(path) or ""
    found = re.search(pattern, text, re.MULTILINE)
    if found:
        yield rule, Pin(value=found[1], file=path, line=text.count("\n", 0, found.start(1)) + 1)


def _major(text: str) -> int:
    return int((number(text) or "0").partition(".")[0])


def _fact(rule: str, pin: Pin, *, confidence: float) -> Fact:
    return version_fact(f"java.version.{rule}", number(pin.value), pin, confidence=confidence)
