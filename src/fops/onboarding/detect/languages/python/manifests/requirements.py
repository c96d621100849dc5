"""Requirement lines and files of pip.

Sources: PEP 508 (the name and extras of a requirement), PEP 503 (normalised names), pip's requirements file format
(`-r`, `-e`, `#egg=`), pip-tools and uv (`requirements.in` holds what a person asked for, the `.txt` what it resolved to).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fops.onboarding.ports import Tree

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?")
_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_INCLUDE = re.compile(r"^\s*(?:-r|--requirement)[\s=]*([^\s#]+)")
_FILE = re.compile(
    r"^(?:[\w-]+[-_.])?(?:requirements?|reqs?)(?:[-_.][\w-]+)?\.(?:txt|in|pip)$|^requirements/[\w.-]+\.(?:txt|in)$",
    re.IGNORECASE,
)
_NOT_FOR_RUNNING = re.compile(r"(?i)dev|test|docs?\b|lint|ci\b|local|build|type|style|example|bench|notebook")
_DEEPEST_INCLUDE = 5


class Group(StrEnum):
    """What a dependency is for: running, an extra, or working on the project."""

    MAIN = "main"
    OPTIONAL = "optional"
    DEV = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A declared package: its normalised name, its extras and where it stands."""

    name: str
    extras: frozenset[str]
    file: str
    line: int | None
    group: Group = Group.MAIN


def normalised(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str, *, file: str, line: int | None, group: Group = Group.MAIN) -> Dependency | None:
    """The package a requirement names, None for an option, a path or an address without `#egg=`."""
    egg = _EGG.search(text)
    found = _REQUIREMENT.match(egg[1] if egg else text)
    if found is None or (egg is None and re.match(r"\s*(?:-|\.|/|[\w+]+://)", text)):
        return None
    extras = frozenset(normalised(extra.strip()) for extra in (found[2] or "").split(",") if extra.strip())
    return Dependency(name=normalised(found[1]), extras=extras, file=file, line=line, group=group)


def requirement_files(tree: Tree) -> tuple[str, ...]:
    """Requirement files at the top and in `requirements/`, those for running first, `requirements.txt` before all."""
    found = [path for path in tree.files if _FILE.match(path) and not _compiled_elsewhere(tree, path)]
    return tuple(
        sorted(found, key=lambda path: (group_of(path) is Group.DEV, path.count("/"), len(path), path))
    )


def group_of(path: str) -> Group:
    """What a requirements file is for, by its name."""
    return Group.DEV if _NOT_FOR_RUNNING.search(posixpath.basename(path)) else Group.MAIN


def install_file(tree: Tree) -> str | None:
    """The file pip installs from to run the application.

    `requirements.txt`, unless one named for production includes it; where there is none, the one named for production
    (as Cookiecutter Django lays them out), for the main part, or for what all share.
    """
    mine = [path for path in requirement_files(tree) if group_of(path) is Group.MAIN]
    ordered = sorted(
        mine, key=lambda path: next(n for n, pattern in enumerate(_BY_PURPOSE) if pattern.search(path))
    )
    first = next(iter(ordered), None)
    if tree.size(_USUAL) is not None and not (first and _USUAL in _included(tree, first)):
        return _USUAL
    return _resolved(tree, first) if first else None


_USUAL = "requirements.txt"
_BY_PURPOSE = tuple(
    re.compile(pattern) for pattern in (r"prod(?:uction)?\b|deploy|heroku", r"main|base|common|req\b", "")
)


def _included(tree: Tree, path: str) -> Iterator[str]:
    """The files that one includes, from the top."""
    for line in (tree.read(path) or "").splitlines():
        if found := _INCLUDE.match(line):
            yield _beside(path, found[1])


def _beside(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def _resolved(tree: Tree, path: str) -> str:
    """The file with the pins that was made from a `.in`, where there is one."""
    text = f"{path.removesuffix('.in')}.txt"
    return text if path.endswith(".in") and tree.size(text) is not None else path


def requirements(tree: Tree) -> Iterator[Dependency]:
    """Every package the requirement files name; the file a resolved one was made from stands for it."""
    seen: set[str] = set()
    for path in requirement_files(tree):
        yield from _read(tree, path, group_of(path), seen, depth=0)


def _compiled_elsewhere(tree: Tree, path: str) -> bool:
    return path.endswith(".txt") and tree.size(path.removesuffix(".txt") + ".in") is not None


def _read(tree: Tree, path: str, group: Group, seen: set[str], *, depth: int) -> Iterator[Dependency]:
    if path in seen or depth > _DEEPEST_INCLUDE:
        return
    seen.add(path)
    for number, line in enumerate((tree.read(path) or "").splitlines(), start=1):
        if include := _INCLUDE.match(line):
            inner = _beside(path, include[1])
            yield from _read(tree, inner, group, seen, depth=depth + 1)
        elif not line.lstrip().startswith("#") and (
            found := requirement(line, file=path, line=number, group=group)
        ):
            yield found
