"""From a path inside a YAML or JSON document to the line it stands on."""

from __future__ import annotations

from typing import Any


def line_at(text: str, path: str, *, document: int = 0) -> int | None:
    """The 1-based line of `spec.ports.0.port` in a document of a YAML (or JSON) text.

    Where the path leaves the document, the line of the deepest part that exists; None when the text cannot be read.
    """
    import yaml  # noqa: PLC0415 - only a finding needs it

    # libyaml is ten times faster, and wheels have it; the values come from the strict loader anyway
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError:
        return None
    return _line(nodes[document], path) if document < len(nodes) and nodes[document] is not None else None


def _line(node: Any, path: str) -> int:
    if path and isinstance(node.value, list):
        for name, key, value in _members(node):
            if path == name:
                return int(key.start_mark.line) + 1
            if path.startswith(f"{name}."):
                return _line(value, path.removeprefix(f"{name}."))
    return int(node.start_mark.line) + 1


def _members(node: Any) -> list[tuple[str, Any, Any]]:
    """Names with the node to point at and the node below; longest first, since keys may contain dots."""
    if node.id == "mapping":
        members = [(str(key.value), key, value) for key, value in node.value]
    else:
        members = [(str(index), item, item) for index, item in enumerate(node.value)]
    return sorted(members, key=lambda member: -len(member[0]))
