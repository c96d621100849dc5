"""What is no application: the kinds of repository that are refused, by which sign, and what would change that.

A kind that `beats` a confidence outweighs language claims below it: a VS Code extension has a package.json, an
Ansible role a requirements.txt for its tests, and neither is a service. Adding one: a row in kinds.py, its sign in
signs.py when no general one fits.
"""

from __future__ import annotations

from collections import Counter

from fops.onboarding.detect.refuse.kind import Kind
from fops.onboarding.detect.refuse.kinds import ADD_A_PROGRAM, KINDS
from fops.onboarding.ports import Tree

__all__ = ["Kind", "kind_of", "unknown"]


def kind_of(tree: Tree, *, claimed: float = -1.0) -> Kind | None:
    """The first kind whose sign is seen and that outweighs a language's claim of that confidence (-1: no claim)."""
    return next((kind for kind in KINDS if kind.beats > claimed and kind.sign(tree)), None)


def unknown(tree: Tree) -> str:
    """The reason where no kind fits either; names what most files are."""
    endings = Counter(path.rpartition(".")[2] for path in tree.files if "." in path.rpartition("/")[2])
    most = ", ".join(f".{ending}" for ending, _ in endings.most_common(3))
    seen = f" (mostly {most} files)" if most else ""
    return f"no application found{seen}: {ADD_A_PROGRAM}"
