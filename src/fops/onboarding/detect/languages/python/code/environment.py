"""The environment variables a program reads: `os.environ`, `getenv`, decouple, environs, django-environ, pydantic settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fops.onboarding.detect.files.environment import variable
from fops.onboarding.detect.languages.python.code.literals import Read
from fops.onboarding.detect.languages.python.code.source import Module, parsed
from fops.onboarding.model import LIKELY, Fact

_OF_THE_SYSTEM = frozenset(
    {"PATH", "HOME", "USER", "PWD", "SHELL", "LANG", "TERM", "TMPDIR", "TEMP", "PYTHONPATH", "VIRTUAL_ENV"}
)
_PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w*)[\"']")


def environment(code: tuple[Module, ...]) -> Iterator[Fact]:
    """The fact `env`: every variable with the default the code gives it; it rests on the first read."""
    found: dict[str, tuple[str | None, Module, int]] = {}
    for module in code:
        for read in (*module.reads, *_settings(module)):
            default = None if read.default is None or isinstance(read.default, list) else str(read.default)
            known = found.get(read.name)
            if read.name not in _OF_THE_SYSTEM and (
                known is None or (known[0] is None and default is not None)
            ):
                found[read.name] = (default, module, read.line)
    if found:
        _, module, line = next(iter(found.values()))
        variables = [variable(name, found[name][0]) for name in sorted(found)]
        yield Fact(
            name="env",
            value=variables,
            rule="python.env.read",
            confidence=LIKELY,
            file=module.path,
            line=line,
        )


def _settings(module: Module) -> Iterator[Read]:
    """The fields of pydantic's settings classes: `port: int = 8000` reads PORT, with the class's prefix before it."""
    tree = parsed(module.text) if "BaseSettings" in module.text else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ClassDef) and any("BaseSettings" in ast.unparse(base) for base in node.bases):
            prefix = _PREFIX.search(ast.get_source_segment(module.text, node) or "")
            yield from _fields(node, prefix[1] if prefix else "")


def _fields(node: ast.ClassDef, prefix: str) -> Iterator[Read]:
    for field in node.body:
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and field.target.id != "model_config"
        ):
            default = field.value.value if isinstance(field.value, ast.Constant) else None
            yield Read(name=f"{prefix}{field.target.id}".upper(), default=default, line=field.lineno)
