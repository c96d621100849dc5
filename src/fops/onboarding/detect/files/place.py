"""Where an application stands in its repository, and paths as seen from there."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from fops.onboarding.ports import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An application's folder: `tree` is its view, `top` the whole repository, `path` the folder below the top."""

    tree: Tree
    top: Tree
    path: str
    language: str = ""

    def seen_from_here(self, path: str) -> str:
        """A path below the repository's top, as evidence names it: relative to the application's folder."""
        return posixpath.relpath(path, self.path)
