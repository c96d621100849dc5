"""Many candidate facts become one per name; what disagrees and matters is kept as a conflict.

Lists of names (variables, services, secrets) add up instead: each source knows some. A Procfile is complete by
its nature, so its processes stand alone. Versions that agree as far as the shorter one goes do not disagree.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from fops.onboarding.detect.files.environment import looks_secret, variable
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, App, Conflict, Fact

_ADDED_UP = frozenset({"env", "processes", "services", "secrets", "system_packages"})
# Least confidence at which another value is worth a person's look. Commands differ for good reasons and are not here.
_MATTERS: Mapping[str, float] = {
    "runtime_version": STRONG,
    "package_manager": STRONG,
    "port": LIKELY,
    "health_path": STRONG,
}


def settle(path: str, candidates: Iterable[Fact]) -> tuple[dict[str, Fact], tuple[Conflict, ...]]:
    """One fact per name: the most confident, the first of equals; the rest as conflicts where it matters."""
    ranked = sorted(candidates, key=lambda fact: (fact.name, -fact.confidence))
    taken: dict[str, Fact] = {}
    conflicts: list[Conflict] = []
    for name, group in groupby(ranked, key=lambda fact: fact.name):
        facts = list(group)
        taken[name] = _added_up(facts) if name in _ADDED_UP else facts[0]
        conflicts.extend(_disagreements(path, facts))
    return _with_secrets(taken), tuple(conflicts)


def shared_ports(apps: Iterable[App]) -> tuple[Conflict, ...]:
    """Applications that say they listen on the port of one before: they cannot run side by side on one machine."""
    first: dict[int, tuple[str, Fact]] = {}
    conflicts = []
    for app in apps:
        port = app.facts.get("port")
        if port is None or port.confidence < LIKELY:
            continue
        path, taken = first.setdefault(port.value, (app.path, port))
        if path != app.path:
            conflicts.append(
                Conflict(app=app.path, fact="port", taken=_seen_from(path, taken, app.path), other=port)
            )
    return tuple(conflicts)


def _seen_from(path: str, fact: Fact, here: str) -> Fact:
    return replace(fact, file=posixpath.relpath(posixpath.join(path, fact.file), here)) if fact.file else fact


def _disagreements(path: str, facts: list[Fact]) -> list[Conflict]:
    least = _MATTERS.get(facts[0].name)
    others: dict[str, Fact] = {}
    for fact in facts[1:] if least else ():
        if fact.confidence >= (least or 0) and not _agree(facts[0], fact):
            others.setdefault(str(fact.value), fact)
    return [Conflict(app=path, fact=fact.name, taken=facts[0], other=fact) for fact in others.values()]


def _agree(one: Fact, other: Fact) -> bool:
    if one.name != "runtime_version":
        return bool(one.value == other.value)
    pairs = zip(re.findall(r"\d+", str(one.value)), re.findall(r"\d+", str(other.value)), strict=False)
    return all(left == right for left, right in pairs)


def _added_up(facts: list[Fact]) -> Fact:
    """The first fact with the elements of all; the first source that names an element describes it."""
    complete = facts[0].name == "processes" and facts[0].confidence >= CERTAIN
    elements: dict[str, Any] = {}
    for fact in facts[:1] if complete else facts:
        for element in fact.value if isinstance(fact.value, list) else ():
            name = str(element.get("name")) if isinstance(element, dict) else str(element)
            elements[name] = _joined(elements.get(name), element)
    return replace(facts[0], value=[elements[name] for name in sorted(elements)])


def _joined(known: Any, element: Any) -> Any:
    if (
        isinstance(known, dict)
        and isinstance(element, dict)
        and known.get("default") is None
        and "default" in element
    ):
        return {**known, "default": element["default"]}
    return element if known is None else known


def _with_secrets(taken: dict[str, Fact]) -> dict[str, Fact]:
    """The names among the variables that look secret join those the language named; a secret shows no default."""
    env = taken.get("env")
    if env is None:
        return taken
    said = taken.get("secrets")
    told = set(said.value) if said and isinstance(said.value, list) else set()
    names = sorted(told | {one["name"] for one in env.value if looks_secret(one["name"])})
    variables = [
        variable(one["name"], None if one["name"] in names else one.get("default")) for one in env.value
    ]
    secrets = {"secrets": replace(said or env, name="secrets", value=names)} if names else {}
    return {**taken, "env": replace(env, value=variables), **secrets}
