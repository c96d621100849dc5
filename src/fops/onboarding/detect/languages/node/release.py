"""Which release of its package manager a project is installed with: older locks are not read by newer releases.

Sources: Corepack's `packageManager`; pnpm's compatibility of `lockfileVersion`; the `__metadata` version that each
major release of Yarn writes, and the first line of Yarn 1's lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, line
from fops.onboarding.model import CERTAIN, STRONG, Fact
from fops.onboarding.ports import Tree

_NAMED = re.compile(r"(pnpm|yarn)@(\d+\.\d+\.\d+(?:-[\w.]+)?)(?:\+\S*)?")
_PNPM = re.compile(r"(?m)^lockfileVersion:[ \t]*['\"]?(\d+)\.\d+")
_PNPM_MAJORS = {"5": "7", "6": "8"}  # 9.0 is read by 9 and 10; 5.3, which pnpm 6 writes, by 7 too
_YARN = re.compile(r"(?m)^# yarn lockfile v1$|^__metadata:[ \t]*\r?\n[ \t]+version:[ \t]*(\d+)")
_YARN_MAJORS = {"4": "2", "5": "3", "6": "3", "8": "4"}


def release(tree: Tree, manifest: Manifest, tool: str) -> Iterator[Fact]:
    """The fact `package_manager_version`, such as `pnpm@8` or `yarn@3.8.7`, of the tool that installs."""
    named = _NAMED.fullmatch(manifest.text("packageManager") or "")
    if named and named[1] == tool:
        place = (PATH, line(tree, "packageManager"))
        yield _fact(f"{tool}@{named[2]}", "package-manager-field", place, confidence=CERTAIN)
        return
    path, pattern = {"pnpm": ("pnpm-lock.yaml", _PNPM), "yarn": ("yarn.lock", _YARN)}.get(tool, ("", _PNPM))
    found = pattern.search(tree.read(path) or "") if path else None
    if found is None:
        return
    major = _PNPM_MAJORS.get(found[1]) if tool == "pnpm" else _YARN_MAJORS.get(found[1]) if found[1] else "1"
    if major:
        place = (path, found.string.count("\n", 0, found.start()) + 1)
        yield _fact(f"{tool}@{major}", "lock-file", place, confidence=STRONG)


def _fact(value: str, rule: str, place: tuple[str, int | None], *, confidence: float) -> Fact:
    return Fact(
        name="package_manager_version",
        value=value,
        rule=f"node.package-manager-version.{rule}",
        confidence=confidence,
        file=place[0],
        line=place[1],
    )
