"""Manifests that do not parse: named in the findings, so that a silent guess is never mistaken for a reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fops.kernel.errors import FopsError, FormatError
from fops.kernel.formats import load_json, load_toml, load_yaml
from fops.onboarding.detect.languages.java.builds.xml import parse
from fops.onboarding.model import seen_from_top
from fops.onboarding.ports import Tree


def _load_xml(text: str, *, name: str) -> object:
    root = parse(text)
    if root is None:
        raise FormatError(f"{name} is not well-formed XML, or has a document type")
    return root


_MANIFESTS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("package.json", load_json),
    ("composer.json", load_json),
    ("pyproject.toml", load_toml),
    ("Pipfile", load_toml),
    ("pixi.toml", load_toml),
    ("environment.yml", load_yaml),
    ("pom.xml", _load_xml),
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


def broken(tree: Tree, folders: Iterable[str] = (".",)) -> Iterator[str]:
    """One sentence for each manifest of these folders that cannot be read as what its name says."""
    for folder in folders:
        for name, load in _MANIFESTS:
            path = seen_from_top(folder, name)
            text = tree.read(path)
            if not text:  # an empty manifest states nothing, and nothing is lost by reading nothing
                continue
            try:
                load(text, name=path)
            except FopsError as error:
                yield error.message
