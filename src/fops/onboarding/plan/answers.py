"""`--set FACT=VALUE`: checked names, typed values, facts whose rule is `set`.

An answer is for every service, or for one as `SERVICE.FACT`. It beats whatever the repository says.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fops.kernel.errors import UsageError
from fops.onboarding.model import CERTAIN, Fact
from fops.onboarding.plan import defaults

RULE = "set"
_URL_PATH = re.compile(r"/[A-Za-z0-9._~/%-]*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,39}")


def is_url_path(value: object) -> bool:
    """Whether a value is a path that a probe can ask for."""
    return isinstance(value, str) and _URL_PATH.fullmatch(value) is not None


def is_inside(value: object) -> bool:
    """Whether a value is a folder that does not leave the application's."""
    return isinstance(value, str) and posixpath.normpath(value.lstrip("/") or ".").split("/")[0] != ".."


def _text(value: str) -> str:
    if not value.isprintable():
        raise ValueError("control characters are not allowed")
    return value


def _language(value: str) -> str:
    if value not in defaults.MANAGERS:
        raise ValueError(f"supported are {', '.join(defaults.MANAGERS)}")
    return value


def _package_manager(value: str) -> str:
    known = sorted({name for names in defaults.MANAGERS.values() for name in names})
    if value not in known:
        raise ValueError(f"known are {', '.join(known)}")
    return value


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise ValueError("a version is such as 3.13 or 22.12.0")
    return value


def _port(value: str) -> int | None:
    if value == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise ValueError("a port is a number from 1 to 65535, or none for a program that does not listen")
    return int(value)


def _truth(value: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if value.lower() not in known:
        raise ValueError("say true or false")
    return known[value.lower()]


def _names(value: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", _text(value)) if name]


def _url_path(value: str) -> str | None:
    if value and not is_url_path(value):
        raise ValueError("a path starts with / and has no spaces")
    return value or None


def _folder(value: str) -> str:
    if not value or value.startswith("/") or not is_inside(value):
        raise ValueError("a folder is named from the application's own, such as dist")
    return posixpath.normpath(_text(value))


def _database_file(value: str) -> dict[str, Any] | None:
    if value == "none":
        return None
    if not re.fullmatch(r"[\w./@-]*[\w@-]", value) or not is_inside(value):
        raise ValueError(
            "a file is named from the working folder, such as data/app.db, or none: a server keeps the data"
        )
    return {"path": posixpath.normpath(value), "variable": None, "pattern": "{path}"}


FACTS: Mapping[str, Callable[[str], Any]] = MappingProxyType({
    "name": _text, "language": _language, "package_manager": _package_manager, "framework": _text, "runtime_version": _version,
    "install_command": _text, "build_command": _text, "start_command": _text, "release_command": _text,
    "test_command": _text, "lint_command": _text, "port": _port, "health_path": _url_path, "metrics_path": _url_path,
    "output_folder": _folder, "static": _truth, "services": _names, "secrets": _names, "database_file": _database_file,
})  # fmt: skip
PLAN_WIDE: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"pages": _truth, "owner": _text, "image": _text}
)
_OF_ONE = ("name", "start_command", "release_command")  # what several services cannot share


def check(sets: Mapping[str, str]) -> None:
    """Refuse names nobody knows and values of the wrong kind. Raises UsageError."""
    for key, value in sets.items():
        service, _, fact = key.rpartition(".")
        known = FACTS if service else {**FACTS, **PLAN_WIDE}
        if fact not in known:
            near = difflib.get_close_matches(fact, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"--set {key}: no fact {fact!r}", hint=hint)
        _read(key, fact, value)


def check_services(sets: Mapping[str, str], services: Sequence[str]) -> None:
    """Refuse answers for services that are not there, or for several where each needs its own. Raises UsageError."""
    for key in sets:
        service, _, fact = key.rpartition(".")
        if service and service not in services:
            near = difflib.get_close_matches(service, services, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the services are {', '.join(services)}"
            raise UsageError(f"--set {key}: no service {service!r}", hint=hint)
        if not service and fact in _OF_ONE and len(services) > 1:
            raise UsageError(
                f"--set {key}: which of {', '.join(services)}?", hint=f"such as --set {services[0]}.{key}=…"
            )


def facts(sets: Mapping[str, str], service: str) -> dict[str, Fact]:
    """The facts `--set` gives one service: its own answers win over those for all."""
    shared = {key: value for key, value in sets.items() if key in FACTS}
    prefix = f"{service}."
    own = {key.removeprefix(prefix): value for key, value in sets.items() if key.startswith(prefix)}
    return {
        name: Fact(name=name, value=_read(name, name, value), rule=RULE, confidence=CERTAIN)
        for name, value in {**shared, **own}.items()
    }


def plan_wide(sets: Mapping[str, str], name: str) -> Any:
    """An answer about the plan as a whole, None where it was not given."""
    return _read(name, name, sets[name]) if name in sets else None


def _read(key: str, fact: str, value: str) -> Any:
    try:
        return {**FACTS, **PLAN_WIDE}[fact](value)
    except ValueError as error:
        raise UsageError(f"--set {key}={value!r} cannot be", hint=str(error)) from error
