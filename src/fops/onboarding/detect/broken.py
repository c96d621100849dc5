"""Manifests that do not parse: named in the findings, so that a silent guess is never mistaken for a reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fops.kernel.errors import FopsError
from fops.kernel.formats import load_json, load_toml, load_yaml
from fops.onboarding.ports import Tree

_MANIFESTS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("package.json", load_json),
    ("composer.json", load_json),
    ("pyproject.toml", load_toml),
    ("Pipfile", load_toml),
    ("Cargo.toml", load_toml),
    ("fly.toml", load_toml),
    ("netlify.toml", load_toml),
    ("pnpm-workspace.yaml", load_yaml),
    ("compose.yaml", load_yaml),
    ("compose.yml", load_yaml),
    ("docker-compose.yml", load_yaml),
    ("docker-compose.yaml", load_yaml),
    ("app.yaml", load_yaml),
    ("render.yaml", load_yaml),
)


def broken(tree: Tree) -> Iterator[str]:
    """One sentence for each manifest at the tree's top that cannot be read as what its name says."""
    for path, load in _MANIFESTS:
        text = tree.read(path)
        if not text:  # an empty manifest states nothing, and nothing is lost by reading nothing
            continue
        try:
            load(text, name=path)
        except FopsError as error:
            yield error.message
