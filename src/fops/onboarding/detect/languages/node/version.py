"""Which Node the repository pins.

Precedence: `.nvmrc`, `.node-version`, mise and asdf, Volta, `devEngines`, an exact `engines.node` (`22`, `22.x`, `22.12.0`,
`^22`, `~22.1`). A wider range is no pin: it is resolved to the newest long-term release it allows, and marked WEAK.
Where nothing is said, build tools that newer releases break name the last one they run on, WEAK too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, dependency_line, line
from fops.onboarding.detect.languages.release_cycles import cycles, long_term
from fops.onboarding.detect.languages.tool_versions import Pin, tool_versions, version_fact
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_EXACT = re.compile(r"[v=^~]*\s*(\d{1,4}(?:\.\d{1,4}){0,2})(?:\.[x*]){0,2}\Z")
_CLAUSE = re.compile(r"(>=|<=|>|<|\^|~|=)?\s*v?(\d+)(?:\.(?:\d+|[x*]))*")
_LONGEST = 200  # characters of a range
_NAMES = {"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16",
          "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24"}  # fmt: skip
"""Code names of long-term lines: https://github.com/nodejs/Release"""


def version(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The pinned version, or a weak guess from a range."""
    for rule, pin in _pins(tree, manifest):
        value = _pinned(pin.value)
        if value:
            yield _fact(rule, value, pin, CERTAIN if rule in {"nvmrc", "node-version"} else STRONG)
    yield from _of_old_tools(tree, manifest)
    engines = nested(manifest.document, "engines", "node")
    if isinstance(engines, str) and len(engines) <= _LONGEST:
        pin = Pin(value=engines, file=PATH, line=line(tree, "engines", "node"))
        exact, newest = _pinned(engines), newest_within(engines)
        if exact:
            yield _fact("engines", exact, pin, LIKELY)
        elif newest:
            yield _fact("engines-resolved", newest, pin, WEAK)


# Package: releases of it, up to which major, with the last long-term Node they run on. Webpack 4 hashes with what
# OpenSSL 3 (Node 17) refuses; node-sass and Angular say in their own tables which releases they support.
_OLD_TOOLS: Mapping[str, tuple[tuple[int, str], ...]] = MappingProxyType({
    "node-sass": ((4, "14"), (5, "14"), (6, "16"), (7, "16"), (8, "18"), (9, "20")),
    "@angular/core": ((11, "14"), (12, "14"), (14, "16")),
    "react-scripts": ((4, "16"),),
    "@vue/cli-service": ((4, "16"),),
    "gatsby": ((3, "16"),),
    "next": ((11, "16"),),
    "nuxt": ((2, "16"),),
    "webpack": ((4, "16"),),
})  # fmt: skip


def _of_old_tools(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The oldest of the releases that the build tools ask for, within what the project allows."""
    allowed = str(nested(manifest.document, "engines", "node") or "*")[:_LONGEST]
    if any("openssl-legacy-provider" in text for text in manifest.scripts.values()):  # they made it run
        return
    asked = []
    for package, releases in _OLD_TOOLS.items():
        told = re.match(
            r"[\^~v=]*(\d{1,3})\b", manifest.runtime.get(package) or manifest.development.get(package, "")
        )
        node = next((node for most, node in releases if told and int(told[1]) <= most), None)
        if node:
            asked.append((int(node), package))
    last, package = min(asked, default=(0, ""))
    if last and any(_allows(part, last) for part in allowed.split("||")):
        pin = Pin(value=str(last), file=PATH, line=dependency_line(tree, package))
        yield _fact(f"last-for-{package.rpartition('/')[2]}", str(last), pin, WEAK)


def newest_within(constraint: str) -> str | None:
    """The newest long-term major that a range allows; the newest of all where no long-term one does."""
    every = cycles("nodejs")
    majors = (int(cycle["cycle"]) for cycle in (*long_term(every), *every) if str(cycle["cycle"]).isdigit())
    parts = constraint.split("||")
    return next((str(major) for major in majors if any(_allows(part, major) for part in parts)), None)


def _pins(tree: Tree, manifest: Manifest) -> Iterator[tuple[str, Pin]]:
    for path in (".nvmrc", ".node-version"):
        for number, text in enumerate((tree.read(path) or "").splitlines(), start=1):
            stripped = text.split("#")[0].strip()
            if stripped:
                yield path[1:], Pin(value=stripped, file=path, line=number)
                break
    yield from (("tool-versions", pin) for pin in tool_versions(tree, "node", "nodejs"))
    volta = nested(manifest.document, "volta", "node")
    if isinstance(volta, str):
        yield "volta", Pin(value=volta, file=PATH, line=line(tree, "volta", "node"))
    runtime = nested(manifest.document, "devEngines", "runtime")
    if (
        isinstance(runtime, dict)
        and runtime.get("name") == "node"
        and isinstance(runtime.get("version"), str)
    ):
        yield (
            "dev-engines",
            Pin(value=runtime["version"], file=PATH, line=line(tree, "devEngines", "runtime", "version")),
        )


def _pinned(text: str) -> str | None:
    name = text.strip().lower().removeprefix("lts/")
    if name in _NAMES:
        return _NAMES[name]
    if name in {"*", "lts", "node", "stable", "latest"}:
        return None
    found = _EXACT.match(text.strip()[:_LONGEST])
    return found[1] if found else None


def _allows(part: str, major: int) -> bool:
    hyphen = re.fullmatch(r"\s*v?(\d+)[\d.x*]*\s+-\s+v?(\d+)[\d.x*]*\s*", part)
    if hyphen:
        return int(hyphen[1]) <= major <= int(hyphen[2])
    clauses = _CLAUSE.findall(part)
    if not clauses:
        return part.strip() in {"*", "x", "latest"}
    return all(_clause_allows(operator, int(number), part, major) for operator, number in clauses)


def _clause_allows(operator: str, number: int, part: str, major: int) -> bool:
    if operator == ">=":
        return major >= number
    if operator == ">":
        return major > number or (major == number and "." in part)
    if operator == "<":
        return major < number
    if operator == "<=":
        return major <= number
    return major == number


def _fact(rule: str, value: str, pin: Pin, confidence: float) -> Fact:
    return version_fact(f"node.version.{rule}", value, pin, confidence=confidence)
