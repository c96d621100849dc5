"""Which Python the repository pins.

Precedence: `.python-version` (pyenv, uv, Heroku), `runtime.txt` (Heroku, Cloud Foundry), mise and asdf, Pipfile's
`[requires]` (pipenv), pixi.toml and environment.yml, and a constraint of the manifest that leaves one minor version
(`==3.12.*`, `~3.12`, `3.12.*`). Any wider constraint is no pin: it is resolved, as uv does, to the newest released
version that satisfies it, and marked WEAK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fops.onboarding.detect.evidence import key_line, read_json, read_toml, read_yaml
from fops.onboarding.detect.files.values import items, nested, text
from fops.onboarding.detect.languages.python.manifests.dependencies import CONDA_FILES, setup_cfg
from fops.onboarding.detect.languages.release_cycles import cycles
from fops.onboarding.detect.languages.tool_versions import Pin, tool_versions, version_fact
from fops.onboarding.model import CERTAIN, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_VERSION = re.compile(r"(?:c?python-?|py)?(\d+\.\d+(?:\.\d+)?)(?:\.[x*])?t?(?:[\s+-].*)?\Z")
_CLAUSE = re.compile(r"(===?|~=|!=|>=|<=|>|<|\^|~|=)?\s*v?(\d+(?:\.\d+)*)(\.\*)?")
Version = tuple[int, ...]


def version(tree: Tree) -> Iterator[Fact]:
    """The pinned version; a constraint that leaves several is a weak guess, unless a pin contradicts it."""
    pinned = [
        (rule, confidence, found[1], pin)
        for rule, confidence, pin in _pins(tree)
        if (found := _VERSION.match(pin.value.strip()))
    ]
    yield from (_fact(rule, value, pin, confidence) for rule, confidence, value, pin in pinned)
    for pin in _constraints(tree):
        exact, newest = exact_minor(pin.value), newest_within(pin.value)
        broken = bool(pinned) and allows(pin.value, pinned[0][2]) is False
        if exact:
            yield _fact("constraint", exact, pin, STRONG)
        elif newest:
            yield _fact("constraint-resolved", newest, pin, STRONG if broken else WEAK)


def exact_minor(constraint: str) -> str | None:
    """The version when a constraint leaves no choice of the minor one: `==3.12.*`, `~3.12`, `3.11.4`; else None."""
    found = [match for part in constraint.split(",") if (match := _CLAUSE.fullmatch(part.strip()))]
    exact = next((match for match in found if _is_exact(match)), None)
    return exact[2] if exact else None


def newest_within(constraint: str) -> str | None:
    """The newest released minor version that a constraint allows, None when none does or it cannot be read."""
    versions = (".".join(map(str, cycle)) for cycle in _released())
    return next((version for version in versions if allows(constraint, version)), None)


def allows(constraint: str, version: str) -> bool | None:
    """Whether a constraint allows a version, by major and minor; None when it cannot be read (an `||`, a marker)."""
    parts = [part.strip() for part in re.split(r",|\s+(?=[<>=!~^])", constraint) if part.strip()]
    clauses = [match for part in parts if (match := _CLAUSE.fullmatch(part))]
    cycle = tuple(int(part) for part in version.split(".")[:2])
    return None if not parts or len(clauses) < len(parts) else all(_allows(match, cycle) for match in clauses)


def _pins(tree: Tree) -> Iterator[tuple[str, float, Pin]]:
    yield from (("python-version-file", CERTAIN, pin) for pin in _first_line(tree, ".python-version"))
    yield from (("runtime-txt", CERTAIN, pin) for pin in _first_line(tree, "runtime.txt"))
    yield from (("tool-versions", CERTAIN, pin) for pin in tool_versions(tree, "python"))
    yield from (("pipfile", CERTAIN, pin) for pin in _pipfile(tree))
    yield from (("environment", STRONG, pin) for pin in _environment_files(tree))


def _first_line(tree: Tree, path: str) -> Iterator[Pin]:
    """The first line that is no comment: pyenv allows several versions, the first is the one `python` means."""
    for number, line in enumerate((tree.read(path) or "").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield Pin(value=line.partition("#")[0].strip(), file=path, line=number)
            return


def _pipfile(tree: Tree) -> Iterator[Pin]:
    requires = nested(read_toml(tree, "Pipfile"), "requires")
    locked = nested(read_json(tree, "Pipfile.lock"), "_meta", "requires")
    for path, table in (("Pipfile", requires), ("Pipfile.lock", locked)):
        for key in ("python_full_version", "python_version"):
            if value := text(nested(table, key)):
                yield Pin(value=value, file=path, line=key_line(tree, path, key))


def _environment_files(tree: Tree) -> Iterator[Pin]:
    for path in CONDA_FILES:
        for entry in items(nested(read_yaml(tree, path), "dependencies")):
            found = re.fullmatch(
                r"(?:[\w-]+::)?python\s*={1,2}\s*(\d+\.\d+(?:\.\d+)?)(?:\.\*|=\S*)?", str(entry)
            )
            if found:
                yield Pin(value=found[1], file=path, line=_line(tree, path, "python"))
    pixi = read_toml(tree, "pixi.toml")
    value = text(nested(pixi, "dependencies", "python"))
    if value and (exact := exact_minor(value)):
        yield Pin(value=exact, file="pixi.toml", line=key_line(tree, "pixi.toml", "dependencies", "python"))


def _line(tree: Tree, path: str, word: str) -> int | None:
    lines = (tree.read(path) or "").splitlines()
    return next(
        (number for number, line in enumerate(lines, start=1) if re.search(rf"(?:-|::)\s*{word}\b", line)),
        None,
    )


def _constraints(tree: Tree) -> Iterator[Pin]:
    document = read_toml(tree, "pyproject.toml")
    parser = setup_cfg(tree)
    candidates: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
        (nested(document, "project", "requires-python"), "pyproject.toml", ("requires-python",)),
        (
            nested(document, "tool", "poetry", "dependencies", "python"),
            "pyproject.toml",
            ("tool.poetry.dependencies", "python"),
        ),
        (
            parser.get("options", "python_requires", fallback=None) if parser else None,
            "setup.cfg",
            ("python_requires",),
        ),
        (
            nested(read_toml(tree, "pixi.toml"), "dependencies", "python"),
            "pixi.toml",
            ("dependencies", "python"),
        ),
    )
    for value, path, keys in candidates:
        if isinstance(value, str) and value.strip():
            yield Pin(value=value.strip(), file=path, line=key_line(tree, path, *keys))


def _is_exact(match: re.Match[str]) -> bool:
    """One minor version is left: `==3.12.*`, `==3.12`, Poetry's `3.12` and `~3.12`, `~=3.12.0`; never a bare major."""
    parts = match[2].count(".") + 1
    return parts >= {"~=": 3, "~": 2}.get(match[1] or "==", 2) and match[1] in {
        None,
        "=",
        "==",
        "===",
        "~",
        "~=",
    }


def _allows(match: re.Match[str], cycle: Version) -> bool:
    """Whether a minor version satisfies a clause, looking at major and minor only; PEP 440 and Poetry's `^`."""
    operator, bound = match[1] or "==", tuple(int(part) for part in match[2].split("."))[:2]
    if operator in {"^", "~="} and len(bound) <= 2:
        return cycle[0] == bound[0] and cycle >= bound
    if operator == "<":
        return cycle[: len(bound)] < bound
    if operator == "!=":
        return cycle[: len(bound)] != bound
    if operator in {">=", ">"}:
        return cycle[: len(bound)] >= bound
    return cycle[: len(bound)] <= bound if operator == "<=" else cycle[: len(bound)] == bound


def _released() -> tuple[Version, ...]:
    """Released minor versions of Python, the newest first."""
    return tuple(tuple(int(part) for part in one["cycle"].split(".")) for one in cycles("python"))


def _fact(rule: str, value: str, pin: Pin, confidence: float) -> Fact:
    return version_fact(f"python.version.{rule}", value, pin, confidence=confidence)
