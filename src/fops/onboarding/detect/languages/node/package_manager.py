"""Which tool installs: the `packageManager` field, then the lock file, then `engines`, then npm.

Sources: Corepack's `packageManager`; the lock file each tool writes. With several lock files the field decides, else the
order below, which prefers the tools people move to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, line
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_HINTS = {
    "pnpm-workspace.yaml": "pnpm",
    ".pnpmfile.cjs": "pnpm",
    ".yarnrc.yml": "yarn",
    ".yarnrc": "yarn",
    "bunfig.toml": "bun",
}
_NAMED = re.compile(r"(npm|pnpm|yarn|bun)(?:@(.+))?\Z")


def package_manager(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """Every source that names a tool, the weightiest first."""
    named = _NAMED.match(manifest.text("packageManager") or "")
    if named:
        yield _fact(named[1], "package-manager-field", (PATH, line(tree, "packageManager")), CERTAIN)
    development = manifest.document.get("devEngines")
    wanted = development.get("packageManager") if isinstance(development, dict) else None
    if isinstance(wanted, dict) and wanted.get("name") in set(LOCKS.values()):
        yield _fact(
            str(wanted["name"]), "dev-engines", (PATH, line(tree, "devEngines", "packageManager")), CERTAIN
        )
    # Of several lock files the strongest is left by the tool in use; the others are leftovers, yet worth a look.
    yield from (
        _fact(tool, "lock-file", (path, 1), STRONG)
        for path, tool in LOCKS.items()
        if tree.size(path) is not None
    )
    yield from (
        _fact(tool, "settings-file", (path, 1), LIKELY)
        for path, tool in _HINTS.items()
        if tree.size(path) is not None
    )
    engines = manifest.document.get("engines")
    for tool in ("pnpm", "yarn", "bun"):
        if isinstance(engines, dict) and isinstance(engines.get(tool), str):
            yield _fact(tool, "engines", (PATH, line(tree, "engines", tool)), LIKELY)
    for tool in ("pnpm", "yarn", "bun"):
        script = next(
            (
                name
                for name, text in manifest.scripts.items()
                if re.search(rf"\b{tool} (?:run|install|--)\b", text)
            ),
            None,
        )
        if script:
            yield _fact(tool, "script", (PATH, line(tree, "scripts", script)), 0.5)
    yield _fact("npm", "default", (PATH, 1), WEAK)


def chosen(tree: Tree, manifest: Manifest) -> str:
    """The tool that `settle` will take."""
    ranked = sorted(package_manager(tree, manifest), key=lambda fact: -fact.confidence)
    return str(ranked[0].value)


def _fact(tool: str, rule: str, place: tuple[str, int | None], confidence: float) -> Fact:
    return Fact(
        name="package_manager",
        value=tool,
        rule=f"node.package-manager.{rule}",
        confidence=confidence,
        file=place[0],
        line=place[1],
    )
