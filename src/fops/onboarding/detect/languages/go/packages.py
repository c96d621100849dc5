"""The packages of a Go tree: which are programs, and what each of them reaches.

As the go command does, folders that begin with `_` or `.` and `testdata` are ignored, and files of other build
constraints are not part of the program.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fops.onboarding.detect.languages.go.modules import Module, folder_of, foreign_folders, inside, modules
from fops.onboarding.ports import Tree

MAX_FILES = 600  # Go files read; larger programs have their main packages and listeners well within it
NO_PROGRAM = frozenset({
    "vendor", "testdata", "third_party", "node_modules", "example", "examples", "sample", "samples", "demo", "demos",
    "test", "tests", "e2e", "docs", "doc", "hack", "tools", "tool", "scripts", "script", "build", "ci", "magefiles",
    "benchmark", "benchmarks", "mocks",
})  # fmt: skip
"""Folders whose main packages serve the repository's authors, by https://github.com/golang-standards/project-layout."""

_LEFT_OUT = re.compile(r"(?m)^//\s*(?:go:build|\+build)\s+(?:ignore|tools|mage|wasm|js)\b")
_PACKAGE = re.compile(r"(?m)^package\s+(\w+)")
_BODY = re.compile(r"(?m)^(?:func|type|var|const)\b")
_IMPORT = re.compile(r'(?m)^[ \t]*(?:import\s+)?(?:[\w.]+\s+)?"([\w.~/+-]+)"')
_MAIN = re.compile(r"(?m)^func\s+main\s*\(\s*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One folder of Go files. `main` is the file with `func main`, None for what is imported."""

    folder: str
    files: tuple[str, ...]
    imports: frozenset[str]
    main: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The modules that are built together and their packages by folder."""

    modules: tuple[Module, ...]
    packages: Mapping[str, Package]
    readable: bool

    @property
    def programs(self) -> tuple[Package, ...]:
        """The packages that become programs, the shallowest first."""
        mains = [
            package for package in self.packages.values() if package.main and not _for_authors(package.folder)
        ]
        return tuple(
            sorted(
                mains,
                key=lambda package: (package.folder.count("/") + (package.folder != "."), package.folder),
            )
        )

    @property
    def imports(self) -> frozenset[str]:
        """Everything any package imports."""
        return frozenset().union(*(package.imports for package in self.packages.values()))

    def reach(self, program: Package) -> tuple[Package, ...]:
        """A program's package and those of this project that it imports, nearest first."""
        seen, queue = {program.folder: program}, deque([program])
        while queue:
            for folder in sorted(self._local(queue.popleft().imports) - seen.keys()):
                seen[folder] = self.packages[folder]
                queue.append(self.packages[folder])
        return tuple(seen.values())

    def _local(self, imports: frozenset[str]) -> set[str]:
        folders = {
            folder for module in self.modules for name in imports if (folder := _folder_in(module, name))
        }
        return folders & self.packages.keys()


def project(tree: Tree) -> Project:
    """The tree as the go command would see it."""
    files: dict[str, list[str]] = {}
    for path in sources(tree):
        files.setdefault(folder_of(path), []).append(path)
    packages = {folder: _package(tree, folder, tuple(paths)) for folder, paths in files.items()}
    readable = all(tree.read(path) for paths in files.values() for path in paths)
    return Project(modules=modules(tree), packages=packages, readable=readable)


def sources(tree: Tree) -> Iterator[str]:
    """The Go files of this build, tests left out, at most MAX_FILES, the shallowest first."""
    foreign = tuple(f"{folder}/" for folder in foreign_folders(tree))
    mine = (
        path
        for path in tree.files
        if path.endswith(".go") and _is_source(path) and not path.startswith(foreign)
    )
    for path in sorted(mine, key=lambda path: path.count("/"))[:MAX_FILES]:
        if not _LEFT_OUT.search((tree.read(path) or "")[:2000]):
            yield path


def _is_source(path: str) -> bool:
    *folders, name = path.split("/")
    ignored = any(
        folder.startswith(("_", ".")) or folder in {"vendor", "testdata", "node_modules"}
        for folder in folders
    )
    return not ignored and not name.endswith(("_test.go", ".pb.go")) and not name.startswith(("_", "."))


def _for_authors(folder: str) -> bool:
    return any(part in NO_PROGRAM for part in folder.split("/"))


def _package(tree: Tree, folder: str, files: tuple[str, ...]) -> Package:
    texts = {path: tree.read(path) or "" for path in files}
    imports = (name for text in texts.values() for name in _IMPORT.findall(_head(text)))
    main = next((path for path, text in texts.items() if _is_main(path, text)), None)
    return Package(folder=folder, files=files, imports=frozenset(imports), main=main)


def _is_main(path: str, text: str) -> bool:
    """By its text; by its name where the text cannot be read (larger than the tree gives out)."""
    if not text:
        return path.rpartition("/")[2] == "main.go"
    package = _PACKAGE.search(text)
    return package is not None and package[1] == "main" and _MAIN.search(text) is not None


def _head(text: str) -> str:
    body = _BODY.search(text)
    return text[: body.start()] if body else text


def _folder_in(module: Module, name: str) -> str | None:
    if module.path is None or not f"{name}/".startswith(f"{module.path.value}/"):
        return None
    return inside(module.folder, name[len(module.path.value) + 1 :]).rstrip("/") or "."
