"""What the application's configuration files set: Spring's, Quarkus' and Micronaut's `application.*`, Ktor's HOCON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import read_yaml
from fops.onboarding.detect.languages.java.builds.module import inside
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.ports import Tree

FOLDERS = ("config", ".", "src/main/resources/config", "src/main/resources", "resources")
"""Outside configuration wins over what is packed, as Spring Boot's reference says."""

NAMES = ("application", "bootstrap", "META-INF/microprofile-config")
_PROPERTY = re.compile(r"(?m)^[ \t]*(?P<key>[\w.\[\]\"-]+)[ \t]*[=:][ \t]*(?P<value>[^\n]*?)[ \t\r]*$")
_REFERENCE = re.compile(r"\$\{[?\s]*([\w.-]+)(?::([^{}]*))?\}")
_OPENS = re.compile(r"^\s*([\w.-]+)\s*[=:]?\s*\{\s*$")
_PAIR = re.compile(r"^\s*([\w.-]+)\s*[=:]\s*\"?([^{\n]\S*?|\$\{[^}]*\})\"?\s*$")


def settings(tree: Tree, folder: str) -> dict[str, Pin]:
    """Every key with its value, the first file to set it winning."""
    found: dict[str, Pin] = {}
    for place in FOLDERS:
        for name in NAMES:
            path = inside(folder, name if place == "." else f"{place}/{name}")
            for key, pin in _file(tree, path):
                found.setdefault(key, pin)
    return found


def default_of(text: str, *, left: int = 5) -> str | None:
    """The value when no variable is set: `${PORT:8080}` is 8080, `${PORT}` is None."""
    found = _REFERENCE.search(text) if left else None
    if found is None:
        return None if "${" in text else text.strip()
    return None if found[2] is None else default_of(text.replace(found[0], found[2]), left=left - 1)


def _file(tree: Tree, path: str) -> Iterator[tuple[str, Pin]]:
    yield from _properties(tree, f"{path}.properties")
    for ending in ("yml", "yaml"):
        yield from _yaml(tree, f"{path}.{ending}")
    yield from _hocon(tree, f"{path}.conf")


def _properties(tree: Tree, path: str) -> Iterator[tuple[str, Pin]]:
    text = tree.read(path) or ""
    for found in _PROPERTY.finditer(text):
        line = text.count("\n", 0, found.start("key")) + 1
        yield found["key"].removeprefix("%prod."), Pin(value=found["value"], file=path, line=line)


def _yaml(tree: Tree, path: str) -> Iterator[tuple[str, Pin]]:
    document = read_yaml(tree, path) if tree.size(path) is not None else None
    lines = (tree.read(path) or "").splitlines()
    for keys, value in _leaves(document, ()):
        yield ".".join(keys), Pin(value=value, file=path, line=_line(lines, keys))


def _leaves(value: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*keys, *str(key).split(".")))
    elif isinstance(value, list):
        yield keys, ",".join(str(item) for item in value if isinstance(item, str | int))
    elif value is not None:
        yield keys, str(value).lower() if isinstance(value, bool) else str(value)


def _line(lines: list[str], keys: tuple[str, ...]) -> int | None:
    """The line of the last key, each looked for below the one before."""
    number = 0
    left = list(keys)
    while left and number < len(lines):
        found = re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*:", lines[number])
        parts = found[1].split(".") if found else []
        if parts and left[: len(parts)] == parts:
            left = left[len(parts) :]
            if not left:
                return number + 1
        number += 1
    return None


def _hocon(tree: Tree, path: str) -> Iterator[tuple[str, Pin]]:
    """Keys of nested blocks; a later optional `${?NAME}` does not replace what stands before it."""
    stack: list[str] = []
    for number, line in enumerate((tree.read(path) or "").splitlines(), start=1):
        opens, pair = _OPENS.match(line), _PAIR.match(line)
        if opens:
            stack.append(opens[1])
        elif line.strip() == "}":
            stack = stack[:-1]
        elif pair:
            yield ".".join((*stack, pair[1])), Pin(value=pair[2], file=path, line=number)
