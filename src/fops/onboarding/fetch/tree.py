"""Adapters of the Tree port: a folder on disk, and what tests hold in memory."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from fops.kernel.errors import LimitExceeded
from fops.onboarding.ports import Tree

MAX_FILE = 1024 * 1024  # bytes; no manifest is larger, and generated bundles only cost time
MAX_FILES = 100_000  # entries; far above real applications, stops a hostile tree early
LEFT_OUT = frozenset({
    ".git", ".hg", ".svn", "node_modules", "bower_components", ".venv", "venv", "__pycache__", ".tox", ".nox",
    ".mypy_cache", ".pytest_cache", ".gradle", ".idea", ".terraform", ".next", ".nuxt", ".yarn", "site-packages",
})  # fmt: skip


class MemoryTree:
    """A tree held in memory: path → text. The base of the others' folder views, and what tests use."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {path: text for path, text in texts.items() if not is_left_out(path)}
        self.files = tuple(sorted(self._texts))
        self.links: tuple[str, ...] = ()

    def read(self, path: str) -> str | None:
        """The text, None when absent, binary or larger than MAX_FILE."""
        text = self._texts.get(path)
        return None if text is None else decode(text.encode("utf-8", "surrogatepass"))

    def size(self, path: str) -> int | None:
        """Bytes of the text, None when absent."""
        text = self._texts.get(path)
        return None if text is None else len(text.encode("utf-8", "surrogatepass"))

    def below(self, folder: str) -> MemoryTree | FolderView:
        """The view of a folder."""
        return self if folder in {".", ""} else FolderView(self, folder)


class FolderTree:
    """A folder on disk, read without following any symlink. Raises LimitExceeded past MAX_FILES entries."""

    def __init__(self, root: Path, *, max_files: int = MAX_FILES) -> None:
        self._root = root
        self._texts: dict[str, str | None] = {}
        found = sorted(_walk(root, max_files))
        self.files = tuple(path for path, is_file in found if is_file)
        self.links = tuple(path for path, is_file in found if not is_file)
        self._known = frozenset(self.files)

    def read(self, path: str) -> str | None:
        """The text, None when absent, binary or larger than MAX_FILE."""
        if path not in self._texts:
            self._texts[path] = self._load(path) if path in self._known else None
        return self._texts[path]

    def size(self, path: str) -> int | None:
        """Bytes of the file, None when absent."""
        return (self._root / path).lstat().st_size if path in self._known else None

    def below(self, folder: str) -> FolderTree | FolderView:
        """The view of a folder."""
        return self if folder in {".", ""} else FolderView(self, folder)

    def _load(self, path: str) -> str | None:
        try:
            descriptor = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return decode(file.read(MAX_FILE + 1))


class FolderView:
    """A folder of another tree, with paths relative to it."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._prefix = f"{PurePosixPath(folder)}/"
        self.files = self._below(tree.files)
        self.links = self._below(tree.links)

    def read(self, path: str) -> str | None:
        """The text, None when absent, binary or larger than MAX_FILE."""
        return self._tree.read(self._prefix + path)

    def size(self, path: str) -> int | None:
        """Bytes of the file, None when absent."""
        return self._tree.size(self._prefix + path)

    def below(self, folder: str) -> FolderView:
        """The view of a folder inside this one."""
        return self if folder in {".", ""} else FolderView(self._tree, self._prefix + folder)

    def _below(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(path.removeprefix(self._prefix) for path in paths if path.startswith(self._prefix))


class TreeWithout:
    """Another tree without some of its files: what F-Ops wrote itself is no evidence."""

    def __init__(self, tree: Tree, hidden: frozenset[str]) -> None:
        self._tree = tree
        self._hidden = hidden
        self.files = tuple(path for path in tree.files if path not in hidden)
        self.links = tree.links

    def read(self, path: str) -> str | None:
        """The text, None when absent, hidden, binary or larger than MAX_FILE."""
        return None if path in self._hidden else self._tree.read(path)

    def size(self, path: str) -> int | None:
        """Bytes of the file, None when absent or hidden."""
        return None if path in self._hidden else self._tree.size(path)

    def below(self, folder: str) -> TreeWithout | FolderView:
        """The view of a folder."""
        return self if folder in {".", ""} else FolderView(self, folder)


def is_left_out(path: str) -> bool:
    """Whether a path lies in a vendored or generated folder, or in a version control system's own."""
    return not LEFT_OUT.isdisjoint(path.split("/")[:-1])


def decode(data: bytes) -> str | None:
    """Bytes as text: None for binary (a NUL) or more than MAX_FILE bytes; a byte order mark is dropped.

    With UTF-16's mark it is that: Windows PowerShell writes so what `>` sends to a file, such as `pip freeze`.
    """
    if len(data) > MAX_FILE:
        return None
    wide = b"\0" in data and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if wide else "utf-8-sig", "replace")
    return None if "\0" in text else text


def _walk(root: Path, max_files: int) -> Iterator[tuple[str, bool]]:
    """Every path below that is no folder, with whether it is a regular file."""
    seen = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        seen += len(folders) + len(names)
        if seen > max_files:
            raise LimitExceeded(
                f"more than {max_files} files and folders in {root}", hint="name a smaller folder with --path"
            )
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        prefix = PurePosixPath(Path(folder).relative_to(root).as_posix())
        for name in (*names, *(one for one in folders if os.path.islink(os.path.join(folder, one)))):  # noqa: PTH114, PTH118 - per file, and Path costs ten times
            mode = os.lstat(os.path.join(folder, name)).st_mode  # noqa: PTH118 - as above
            yield (prefix / name).as_posix(), stat.S_ISREG(mode)
