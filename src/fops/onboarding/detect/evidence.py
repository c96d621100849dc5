"""How rules read files and point at the line they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol

from fops.kernel.errors import FopsError
from fops.kernel.formats import line_of, load_json, load_toml, load_yaml
from fops.onboarding.model import Fact
from fops.onboarding.ports import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A language family says: this folder holds an application of mine. Evidence as in Fact."""

    confidence: float
    rule: str
    file: str | None = None
    line: int | None = None


class Language(Protocol):
    """One language family. Adding one touches no other file but the list in `languages/__init__.py`."""

    name: str

    def claim(self, tree: Tree) -> Claim | None:
        """Whether the folder at the tree's top holds an application of this family, and on what evidence."""

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every candidate fact.

        Several of one name are allowed: the most confident wins, the first of equals; another value that matters
        becomes a conflict (see `settle`). A language may also have `library(tree) -> Claim | None`: the evidence that
        the folder is imported, not run; and `run_by(fact, tool) -> Fact`: a command of a workspace's member in the
        words of the package manager that the workspace is installed with; and `build_with_siblings(tree, app, members)
        -> Fact | None`: a member's build that comes after the builds of the members it imports; and `aside(tree) ->
        Iterator[str]`: notes on what else the same folder could be onboarded as.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A pattern found: the file, its 1-based line and the match."""

    file: str
    line: int
    match: re.Match[str]


def read_json(tree: Tree, path: str) -> Any:
    """The parsed file, or None when absent or broken (broken files are reported by `apps.detect`)."""
    return _parsed(tree, path, load_json)


def read_toml(tree: Tree, path: str) -> Any:
    """The parsed file, or None when absent or broken."""
    return _parsed(tree, path, load_toml)


def read_yaml(tree: Tree, path: str) -> Any:
    """The first document, or None when absent or broken."""
    return _parsed(tree, path, load_yaml)


def _parsed(tree: Tree, path: str, load: Any) -> Any:
    text = tree.read(path)
    if text is None:
        return None
    try:
        return load(text, name=path)
    except FopsError:
        return None


def key_line(tree: Tree, path: str, *keys: str) -> int | None:
    """The line of nested keys in a JSON, YAML or TOML file; see `formats.line_of`."""
    return line_of(tree.read(path) or "", *keys)


def matching(tree: Tree, *patterns: str) -> tuple[str, ...]:
    """The files whose whole path matches one of the glob patterns (`*` crosses folders)."""
    return tuple(path for path in tree.files if any(fnmatchcase(path, pattern) for pattern in patterns))


def find(tree: Tree, pattern: re.Pattern[str], paths: Iterable[str]) -> Hit | None:
    """The first match of the pattern in the files, in the order given."""
    return next(find_all(tree, pattern, paths), None)


def find_all(tree: Tree, pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[Hit]:
    """Every match of the pattern in the files, in the order given."""
    for path in paths:
        text = tree.read(path) or ""
        for match in pattern.finditer(text):
            yield Hit(file=path, line=text.count("\n", 0, match.start()) + 1, match=match)
