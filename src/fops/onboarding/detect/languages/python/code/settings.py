"""Settings classes of pydantic: each field is an environment variable with a default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from fops.onboarding.detect.languages.python.code.literals import Read

_PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w*)[\"']")


def settings_reads(nodes: Iterable[ast.AST]) -> Iterator[Read]:
    """The fields of settings classes: `port: int = 8000` reads PORT, with the class's `env_prefix` before it."""
    for node in nodes:
        if isinstance(node, ast.ClassDef) and any(_is_settings(base) for base in node.bases):
            prefix = _PREFIX.search(ast.unparse(node))
            yield from _fields(node, prefix[1] if prefix else "")


def _is_settings(base: ast.expr) -> bool:
    name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
    return name == "BaseSettings"


def _fields(node: ast.ClassDef, prefix: str) -> Iterator[Read]:
    for field in node.body:
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and field.target.id != "model_config"
        ):
            default = field.value.value if isinstance(field.value, ast.Constant) else None
            yield Read(name=f"{prefix}{field.target.id}".upper(), default=default, line=field.lineno)
