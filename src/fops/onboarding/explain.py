"""`explain`: what detection sees, without planning, storing or writing anything."""

from __future__ import annotations

from pathlib import Path

from fops.kernel import git
from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.detect import detect
from fops.onboarding.fetch import fetch, locate
from fops.onboarding.fetch.tree import FolderTree, TreeWithout
from fops.onboarding.model import Findings
from fops.onboarding.ports import Tree
from fops.onboarding.trace import lock as locks


def explain(path: str) -> Findings:
    """What detection sees in a folder as it lies on disk, or in the last commit of a bare repository.

    Raises UsageError for an address, NotDeployable for something that is no folder.
    """
    place = locate(path)
    if not isinstance(place, Path):
        raise UsageError(
            f"{path!r} is no folder here",
            hint="`fops --dry-run onboard repo` fetches an address and changes nothing",
        )
    if not place.is_dir():
        raise NotDeployable(f"{path} is no folder", hint="name the folder of the application")
    repository = git.find_repository(place)
    if repository is not None and repository.work_tree is None:
        with fetch(path) as fetched:
            return detect(own_files_hidden(fetched.tree))
    return detect(own_files_hidden(FolderTree(place)))


def own_files_hidden(tree: Tree) -> Tree:
    """The tree without what F-Ops generated: that is no evidence, and an edit does not make it the application's."""
    hidden = locks.generated(locks.read(tree))
    return TreeWithout(tree, hidden) if hidden else tree
