"""The program's own files: what counts as source, which one starts, whether it listens."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.ports import Tree

_SOURCE = re.compile(r"\.(?:[cm]?js|[cm]?ts|jsx|tsx)\Z")
_COMPONENT = re.compile(r"\.(?:vue|svelte|astro|mdx)\Z")
_ASIDE = re.compile(
    r"(?:^|/)\.|(?:^|/)(?:tests?|__tests__|specs?|e2e|cypress|examples?|samples?|fixtures?|docs?|public|static|assets|dist|build|out|coverage|"
    r"vendor|scripts)/|\.(?:test|spec|stories|d|config|min)\.[cm]?[jt]sx?\Z|(?:^|/)(?:gulpfile|gruntfile|webpack[^/]*|karma[^/]*)\.",
    re.IGNORECASE,
)
_MOST = 250  # files; the entry and what lies near it come first
_NAMES = ("server", "index", "app", "main", "api", "bot", "start", "www", "entry")
_FOLDERS = (
    "",
    "src/",
    "server/",
    "bin/",
    "app/",
    "api/",
    "lib/",
    "source/",
    "server/src/",
    "src/server/",
    "backend/",
)
_ENDINGS = (".js", ".ts", ".mjs", ".mts", ".cjs", ".cts", ".tsx", "")
LISTENS = re.compile(
    r"\.listen\s*\(|\bcreateServer\s*\(|\bBun\.serve\s*\(|\bDeno\.serve\s*\(|\bserve\s*\(\s*(?:\{|app\b)|\bexport\s+default\s+\{[^}]{0,200}\bfetch\b"
)


def sources(tree: Tree) -> tuple[str, ...]:
    """Source files, nearest to the top first; tests, configuration and built files left out. At most `_MOST`."""
    found = [path for path in tree.files if _SOURCE.search(path) and not _ASIDE.search(path)]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path))[:_MOST])


def pages(tree: Tree, paths: Iterable[str]) -> tuple[str, ...]:
    """The source files given, and those of components that a build turns into such. At most `_MOST` of them."""
    found = [path for path in tree.files if _COMPONENT.search(path) and not _ASIDE.search(path)]
    return (*paths, *sorted(found, key=lambda path: (path.count("/"), path))[:_MOST])


def entry(tree: Tree, *, main: str | None = None) -> str | None:
    """The file that starts the program: `main` where it exists, else the usual names, else the only file that listens."""
    if main:
        for path in _resolved(main):
            if tree.size(path) is not None:
                return path
    usual = (
        f"{folder}{name}{ending}" for folder in _FOLDERS for name in _NAMES for ending in _ENDINGS if ending
    )
    return next((path for path in usual if tree.size(path) is not None), None) or _lonely(tree)


def _resolved(main: str) -> Iterator[str]:
    clean = posixpath.normpath(main)
    if not clean.startswith(".."):
        yield clean
        yield from (f"{clean}{ending}" for ending in _ENDINGS)
        yield from (f"{clean}/index{ending}" for ending in _ENDINGS if ending)


def _lonely(tree: Tree) -> str | None:
    top = [path for path in sources(tree) if "/" not in path]
    return top[0] if len(top) == 1 else None


def listening(tree: Tree, paths: Iterable[str]) -> Hit | None:
    """The first place where a server starts to listen."""
    return next(code_hits(tree, LISTENS, paths), None)
