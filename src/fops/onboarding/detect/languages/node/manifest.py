"""package.json as far as detection reads it; anything of the wrong type is as good as absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from fops.onboarding.detect.evidence import key_line, read_json
from fops.onboarding.ports import Tree

PATH = "package.json"
_RUNTIME = ("dependencies", "optionalDependencies", "peerDependencies")
_DEVELOPMENT = ("devDependencies",)
_LONGEST = 2000  # characters of a script, name or range; people write no longer one, and patterns are matched on them


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`runtime` and `development` map package names to version ranges; `document` is the parsed object itself."""

    document: Mapping[str, Any]
    scripts: Mapping[str, str]
    runtime: Mapping[str, str]
    development: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether a package is named anywhere."""
        return name in self.runtime or name in self.development

    def text(self, key: str) -> str | None:
        """A top-level value that is text."""
        value = self.document.get(key)
        return value if _is_text(value) and value else None


def read(tree: Tree) -> Manifest | None:
    """The manifest at the tree's top, None when there is none that parses to an object."""
    document = read_json(tree, PATH)
    if not isinstance(document, dict):
        return None
    return Manifest(
        document=document,
        scripts=_texts(document.get("scripts")),
        runtime=_merged(document, _RUNTIME),
        development=_merged(document, _DEVELOPMENT),
    )


def line(tree: Tree, *keys: str) -> int | None:
    """The line of nested keys in package.json."""
    return key_line(tree, PATH, *keys)


def dependency_line(tree: Tree, name: str) -> int | None:
    """The line that names a package."""
    places = (key_line(tree, PATH, section, name) for section in (*_RUNTIME, *_DEVELOPMENT))
    return next((place for place in places if place), None)


def _merged(document: Mapping[str, Any], sections: tuple[str, ...]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for section in sections:
        merged = {**_texts(document.get(section)), **merged}
    return merged


def _texts(value: Any) -> dict[str, str]:
    return (
        {str(key): item for key, item in value.items() if _is_text(item)} if isinstance(value, dict) else {}
    )


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= _LONGEST
