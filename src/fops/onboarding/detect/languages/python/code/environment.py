"""The environment variables a program reads: `os.environ`, `getenv`, decouple, environs, django-environ, pydantic settings."""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.detect.files.environment import variable
from fops.onboarding.detect.languages.python.code.source import Module
from fops.onboarding.model import LIKELY, Fact

_OF_THE_SYSTEM = frozenset(
    {"PATH", "HOME", "USER", "PWD", "SHELL", "LANG", "TERM", "TMPDIR", "TEMP", "PYTHONPATH", "VIRTUAL_ENV"}
)


def environment(code: tuple[Module, ...]) -> Iterator[Fact]:
    """The fact `env`: every variable with the default the code gives it; it rests on the first read."""
    found: dict[str, tuple[str | None, Module, int]] = {}
    for module in code:
        for read in module.reads:
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
