"""`--set FACT=VALUE`: checked names, typed values, facts whose rule is `set`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from fops.kernel.errors import UsageError
from fops.onboarding.model import CERTAIN, Fact

RULE = "set"


def _text(value: str) -> str:
    if any(ord(letter) < 32 for letter in value):
        raise ValueError("control characters are not allowed")
    return value


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    return int(value)


def _truth(value: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if value.lower() not in known:
        raise ValueError("say true or false")
    return known[value.lower()]


def _names(value: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", value) if name]


def _url_path(value: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/%-]*", value):
        raise ValueError("a path starts with / and has no spaces")
    return value


FACTS: Mapping[str, Callable[[str], Any]] = MappingProxyType({
    "name": _text, "language": _text, "package_manager": _text, "framework": _text, "runtime_version": _text,
    "install_command": _text, "build_command": _text, "start_command": _text, "test_command": _text, "lint_command": _text,
    "port": _port, "health_path": _url_path, "metrics_path": _url_path, "output_folder": _text, "static": _truth,
    "services": _names, "secrets": _names,
})  # fmt: skip
PLAN_WIDE: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"pages": _truth, "owner": _text, "image": _text}
)


def check(sets: Mapping[str, str], services: Iterable[str]) -> None:
    """Refuse names nobody knows and values of the wrong kind. Raises UsageError."""
    known = tuple(services)
    for key, value in sets.items():
        service, dot, fact = key.rpartition(".")
        if dot and service not in known:
            raise UsageError(
                f"--set {key}: no service {service!r}", hint=f"the services are {', '.join(known)}"
            )
        if fact not in FACTS and fact not in PLAN_WIDE:
            near = difflib.get_close_matches(fact, [*FACTS, *PLAN_WIDE], n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join([*FACTS, *PLAN_WIDE])}"
            raise UsageError(f"--set {key}: no fact {fact!r}", hint=hint)
        _read(key, fact, value)


def _read(key: str, fact: str, value: str) -> Any:
    try:
        return {**FACTS, **PLAN_WIDE}[fact](value)
    except ValueError as error:
        raise UsageError(f"--set {key}={value!r}: {error}") from error


def facts(sets: Mapping[str, str], service: str) -> dict[str, Fact]:
    """The facts `--set` gives one service: its own answers win over those for all."""
    chosen = {key: value for key, value in sets.items() if "." not in key and key in FACTS}
    prefix = f"{service}."
    chosen |= {key.removeprefix(prefix): value for key, value in sets.items() if key.startswith(prefix)}
    return {
        name: Fact(name=name, value=_read(name, name, value), rule=RULE, confidence=CERTAIN)
        for name, value in chosen.items()
        if name in FACTS
    }


def plan_wide(sets: Mapping[str, str], name: str) -> Any:
    """An answer about the plan as a whole, None where it was not given."""
    return _read(name, name, sets[name]) if name in sets else None
