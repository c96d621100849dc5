"""A member's build with the members it imports built before it: what they export is often a folder that a build writes.

Turborepo knows the order, and tasks beside `build` that come first; without it the siblings are built one by one.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fops.onboarding.detect.languages.node.commands import run, runner
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, read
from fops.onboarding.model import LIKELY, App, Fact
from fops.onboarding.ports import Tree

_MAKES = re.compile(r"(?:build|compile|(?:\w+:)?(?:generate|codegen))")
_MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})


def build(tree: Tree, app: App, members: Sequence[str]) -> Fact | None:
    """The fact `build_command` of a member that imports others with a build of their own, None for any other."""
    manifests = {path: found for path in members if (found := read(tree.below(path)))}
    imported = _imported(app.path, manifests)
    tool = str(app.value("package_manager"))
    if tool not in _MANAGERS or app.path not in manifests:
        return None
    making = any(_MAKES.fullmatch(name) for path in imported for name in manifests[path].scripts)
    own = app.facts.get("build_command")
    top = read(tree)
    if making and top and top.has("turbo"):
        value = _by_turbo(manifests[app.path], _turbo(app, tool), own)
    else:
        first = [path for path in imported if "build" in manifests[path].scripts]
        value = _one_by_one(app.path, first, tool, own) if first else ""
    if not value:
        return None
    usual = Fact(
        name="build_command", value=value, rule="node.build.siblings", confidence=LIKELY, file=PATH, line=1
    )
    return replace(own or usual, value=value)


def _imported(path: str, manifests: Mapping[str, Manifest]) -> list[str]:
    """The members that one imports, and those that they import, each after what it needs itself."""
    folders = {manifest.text("name"): folder for folder, manifest in manifests.items()}
    ordered: list[str] = []
    seen = {path}

    def visit(folder: str) -> None:
        manifest = manifests.get(folder)
        for name in (*manifest.runtime, *manifest.development) if manifest else ():
            below = folders.get(name)
            if below and below not in seen:
                seen.add(below)
                visit(below)
                ordered.append(below)

    visit(path)
    return ordered


def _turbo(app: App, tool: str) -> str:
    """Turborepo as it is called below the top, whose dependency it is: newer Yarns look there only when told."""
    newer = tool == "yarn" and re.match(r"yarn@(?!1\.|1$)", str(app.value("package_manager_version")))
    return "yarn run -T turbo" if newer else f"{runner(tool)} turbo"


def _by_turbo(manifest: Manifest, turbo: str, own: Fact | None) -> str:
    """Only the script named `build` is Turborepo's task; a member without one has its siblings built (`^...`)."""
    name = manifest.text("name")
    if name is None:
        return ""
    whole = f"{turbo} run build --filter={shlex.quote(name)}"
    if "build" in manifest.scripts:
        return whole
    siblings = f"{turbo} run build --filter={shlex.quote(f'{name}^...')}"
    return f"{siblings} && {own.value}" if own else siblings


def _one_by_one(path: str, first: Sequence[str], tool: str, own: Fact | None) -> str:
    steps = [
        f"(cd {shlex.quote(posixpath.relpath(folder, path))} && {run(tool, 'build')})" for folder in first
    ]
    return " && ".join([*steps, *([str(own.value)] if own else [])])
