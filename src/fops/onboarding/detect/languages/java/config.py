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
MAX_CONFIG = 100_000  # bytes; settings are short, and YAML is slow to read
_PRODUCTION = "%prod."  # Quarkus' profile that runs by default outside tests and development
_PROPERTY = re.compile(r"\s*([\w.\[\]\"%-]+)\s*[=:](.*)")
_KEY = re.compile(r"( *)[\"']?([\w.-]+)[\"']?\s*:(?:\s|$)")
_REFERENCE = re.compile(r"\$\{[?\s]*([\w.-]+)(?::([^{}]*))?\}")
_BARE_REFERENCE = re.compile(r"\$[A-Za-z_]\w*(?::(.*))?")
_OPENS = re.compile(r"^[ \t]*([\w.-]+)\s*[=:]?\s*\{\s*$")
_PAIR = re.compile(r"^[ \t]*([\w.-]+)\s*[=:]\s*\"?([^{\n]\S*?|\$\{[^}]*\})\"?\s*$")


def settings(tree: Tree, folder: str) -> dict[str, Pin]:
    """Every key with its value, the first file to set it winning."""
    found: dict[str, Pin] = {}
    for place in FOLDERS:
        for name in NAMES:
            path = inside(folder, name if place == "." else f"{place}/{name}")
            for key, pin in _file(tree, path):
                found.setdefault(key, pin)
    production = {
        key.removeprefix(_PRODUCTION): pin for key, pin in found.items() if key.startswith(_PRODUCTION)
    }
    return {**found, **production}


def default_of(text: str, *, left: int = 5) -> str | None:
    """The value when no variable is set: `${PORT:8080}` and Ktor's `$PORT:8080` are 8080, `${PORT}` is None."""
    if bare := _BARE_REFERENCE.fullmatch(text.strip()):
        return bare[1]
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
    for number, line in enumerate((tree.read(path) or "").splitlines(), start=1):
        found = _PROPERTY.match(line)
        if found:
            yield found[1], Pin(value=found[2].strip(), file=path, line=number)


def _yaml(tree: Tree, path: str) -> Iterator[tuple[str, Pin]]:
    if (tree.size(path) or MAX_CONFIG) >= MAX_CONFIG:
        return
    lines = _lines(tree.read(path) or "")
    for keys, value in _leaves(read_yaml(tree, path), ()):
        yield ".".join(keys), Pin(value=value, file=path, line=lines.get(".".join(keys)))


def _leaves(value: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*keys, str(key)))
    elif isinstance(value, list):
        yield keys, ",".join(str(item) for item in value if isinstance(item, str | int))
    elif value is not None:
        yield keys, str(value).lower() if isinstance(value, bool) else str(value)


def _lines(text: str) -> dict[str, int]:
    """The dotted path of every key of a block-style document → its line."""
    found: dict[str, int] = {}
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        key = _KEY.match(line)
        if key:
            above = [
                *((indent, name) for indent, name in above if indent < len(key[1])),
                (len(key[1]), key[2]),
            ]
            found.setdefault(".".join(name for _, name in above), number)
    return found


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
