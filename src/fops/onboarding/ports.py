"""What onboarding needs from outside."""

from __future__ import annotations

from typing import Protocol


class Tree(Protocol):
    """A read-only, bounded view of a repository's files at one moment. Contract suite: tests/contract/test_tree.py.

    Paths are POSIX, relative to the view's top, never absolute, never with `..`; symlinks are no files. Reading
    never runs anything of the repository.
    """

    @property
    def files(self) -> tuple[str, ...]:
        """Every regular file's path, sorted; vendored folders (node_modules, .git, .venv, vendor …) left out."""

    @property
    def links(self) -> tuple[str, ...]:
        """Symlinks and submodules: never followed nor read, but a place where nothing of ours may go."""

    def read(self, path: str) -> str | None:
        """The file as UTF-8, or UTF-16 with its mark (undecodable bytes replaced); None when absent, binary or above 1 MiB."""

    def size(self, path: str) -> int | None:
        """Bytes of the file, None when absent."""

    def below(self, folder: str) -> Tree:
        """The view of a folder, with paths relative to it. `.` is the view itself."""
