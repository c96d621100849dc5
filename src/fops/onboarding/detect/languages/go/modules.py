"""go.mod and go.work: https://go.dev/ref/mod."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.ports import Tree

_MODULE = re.compile(r'(?m)^module\s+"?([^\s"]+)')
_BLOCK = re.compile(r"\s*(\w+)\s*\(")
_REQUIRE = re.compile(r"\s*(?:require\s+)?([\w.~/-]+)\s+v\d\S*\s*(//\s*indirect)?")
_USE = re.compile(r'(?m)^[ \t]*use\s*\(([^()]*)\)|^[ \t]*use\s+"?([^\s(")]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One go.mod: its folder, path, and the modules it requires directly."""

    folder: str
    path: Pin | None
    requires: tuple[Pin, ...]

    @property
    def file(self) -> str:
        """The go.mod, relative to the tree's top."""
        return inside(self.folder, "go.mod")


def inside(folder: str, name: str) -> str:
    """The path of a name in a folder, where `.` is the top."""
    return name if folder == "." else f"{folder}/{name}"


def folder_of(path: str) -> str:
    """The folder of a file, `.` for the top."""
    return path.rpartition("/")[0] or "."


def modules(tree: Tree) -> tuple[Module, ...]:
    """The modules that are built together: the top's, and those that go.work uses."""
    folders = [".", *workspace_folders(tree)]
    return tuple(
        _module(tree, folder)
        for folder in dict.fromkeys(folders)
        if tree.size(inside(folder, "go.mod")) is not None
    )


def workspace_folders(tree: Tree) -> tuple[str, ...]:
    """The folders go.work uses, in its order, `.` among them where it is named."""
    text = _without_comments(tree.read("go.work") or "")
    named = " ".join(block or single for block, single in _USE.findall(text)).replace('"', " ").split()
    return tuple(
        dict.fromkeys(
            folder.removeprefix("./").rstrip("/") or "." for folder in named if not folder.startswith("..")
        )
    )


def foreign_folders(tree: Tree) -> frozenset[str]:
    """Folders that are modules of their own, built apart from this one."""
    own = {".", *workspace_folders(tree)}
    return frozenset(folder_of(path) for path in tree.files if path.endswith("/go.mod")) - own


def directive(tree: Tree, path: str, pattern: str) -> Pin | None:
    """The first line of a file that matches; group 1 is the value."""
    text = tree.read(path) or ""
    found = re.search(pattern, text, re.MULTILINE)
    return Pin(value=found[1], file=path, line=text.count("\n", 0, found.start(1)) + 1) if found else None


def _module(tree: Tree, folder: str) -> Module:
    path = inside(folder, "go.mod")
    return Module(
        folder=folder, path=directive(tree, path, _MODULE.pattern), requires=tuple(_requires(tree, path))
    )


def _requires(tree: Tree, path: str) -> Iterator[Pin]:
    """What `require` names directly; `replace` and `exclude` blocks have lines of the same shape."""
    block = "require"
    for number, line in enumerate((tree.read(path) or "").splitlines(), start=1):
        opened, found = _BLOCK.match(line), _REQUIRE.match(line)
        if opened:
            block = opened[1]
        elif line.strip() == ")":
            block = "require"
        elif found and block == "require" and not found[2]:
            yield Pin(value=found[1], file=path, line=number)


def _without_comments(text: str) -> str:
    return re.sub(r"//.*", "", text)
