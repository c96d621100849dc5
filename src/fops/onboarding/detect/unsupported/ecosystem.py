"""The shape of an entry: which files an ecosystem is known by, and what tells an application from a library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from fops.onboarding.detect.evidence import find
from fops.onboarding.model import CERTAIN
from fops.onboarding.ports import Tree

_DEEPEST = 4  # folders: an entry point lies no deeper below its project
_MOST_FILES = 4000  # indexed per folder; manifests and entry points stand near the top
_MOST_READ = 20  # files read for one sign: enough for every project of a solution
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|specs?|examples?|samples?|fixtures?|docs?|vendor|third_party)/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Files that match one of the globs (`*` stays in a folder, `**/` crosses them), holding the pattern if given."""

    files: tuple[str, ...]
    pattern: str = ""

    def seen(self, tree: Tree, paths: tuple[str, ...]) -> tuple[str, int] | None:
        """File and line where the sign stands; line 1 for a file whose mere presence says it."""
        found = matching(paths, *self.files)
        if not self.pattern:
            return (found[0], 1) if found else None
        hit = find(tree, re.compile(self.pattern, re.MULTILINE), found[:_MOST_READ])
        return (hit.file, hit.line) if hit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A file that pins the runtime: the first group of the pattern is the version."""

    files: tuple[str, ...]
    pattern: str
    confidence: float = CERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecosystem:
    """A language that is recognised and named, but not deployed yet.

    `manifests` show the ecosystem, `programs` a program without manifest. One `app` sign makes it an application;
    else one `library` sign a library; else one `tool` sign means the manifest only serves another language. `static`:
    what it builds is only files to serve.
    """

    language: str
    package_manager: str | None = None
    manifests: tuple[str, ...] = ()
    programs: tuple[Sign, ...] = ()
    app: tuple[Sign, ...] = ()
    library: tuple[Sign, ...] = ()
    tool: tuple[Sign, ...] = ()
    versions: tuple[Version, ...] = ()
    frameworks: tuple[tuple[str, Sign], ...] = ()
    static: bool = False


def index(tree: Tree) -> tuple[str, ...]:
    """The paths worth matching: not too deep, not below tests or examples, the shallow ones first."""
    return tuple(islice(_ordered(tree), _MOST_FILES))


def _ordered(tree: Tree) -> Iterator[str]:
    near = (path for path in tree.files if path.count("/") <= _DEEPEST and not _TESTS.search(path))
    yield from sorted(near, key=lambda path: (path.count("/"), path))


def matching(paths: tuple[str, ...], *globs: str) -> tuple[str, ...]:
    """The paths that match one of the globs, in their order."""
    expression = _expression(globs)
    return tuple(path for path in paths if expression.match(path))


@lru_cache(maxsize=512)
def _expression(globs: tuple[str, ...]) -> re.Pattern[str]:
    escaped = "|".join(re.escape(glob) for glob in globs)
    crossing = escaped.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.compile(f"(?:{crossing})$")
