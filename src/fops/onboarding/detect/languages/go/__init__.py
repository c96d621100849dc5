"""Go: modules and workspaces, the folders of dep and glide, and plain `main.go`.

Map: modules.py (go.mod, go.work) · packages.py (programs and what they reach) · version.py · dependencies.py
(framework, services, database file) · start.py (build, start, processes) · port.py · embedded.py (front ends) ·
command_line.py (tools that serve nobody) · behaviour.py (routes, environment, checks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.detect.languages.go.behaviour import behaviour, checks
from fops.onboarding.detect.languages.go.command_line import command_line
from fops.onboarding.detect.languages.go.dependencies import database, dependencies
from fops.onboarding.detect.languages.go.embedded import embedded
from fops.onboarding.detect.languages.go.packages import Project, project, sources
from fops.onboarding.detect.languages.go.port import port
from fops.onboarding.detect.languages.go.start import commands, running
from fops.onboarding.detect.languages.go.version import version
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

MANIFESTS = {
    "go.work": "go",
    "go.mod": "go",
    "Gopkg.toml": "dep",
    "Gopkg.lock": "dep",
    "glide.yaml": "glide",
    "Godeps/Godeps.json": "godep",
}
"""The file → the tool that installs from it. The last three are what came before modules (Go 1.11)."""


class Go:
    """The Go family."""

    name = "go"

    def claim(self, tree: Tree) -> Claim | None:
        """By a manifest, else by Go files at the top or in `cmd/`."""
        manifest = _manifest(tree)
        if manifest:
            return Claim(confidence=CERTAIN, rule="go.claim.manifest", file=manifest, line=1)
        source = next((path for path in sources(tree) if re.fullmatch(r"[^/]+|cmd/.+", path)), None)
        if source is None:
            return None
        confidence = STRONG if "/" not in source else LIKELY
        return Claim(confidence=confidence, rule="go.claim.source", file=source, line=1)

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every candidate fact."""
        whole = project(tree)
        programs = running(tree, whole)
        yield from _manifest_facts(tree, whole)
        yield from version(tree)
        found = list(dependencies(tree, whole))
        yield from found
        yield from commands(tree, whole, programs)
        yield from checks(tree)
        if programs:
            framework = next((str(fact.value) for fact in found if fact.name == "framework"), None)
            files = tuple(path for package in whole.reach(programs[0]) for path in package.files)
            yield from port(tree, files, framework=framework)
            yield from behaviour(tree, files)
            yield from database(tree, whole, files)
            yield from embedded(tree, files)

    def library(self, tree: Tree) -> Claim | None:
        """A module without a main package, or with one that is a command-line tool.

        Of files that cannot be read, a module laid out as packages to import are.
        """
        whole = project(tree)
        manifest = _manifest(tree)
        if manifest is None:
            return None
        if whole.programs:
            return command_line(tree, whole)
        if whole.readable:
            return Claim(confidence=STRONG, rule="go.library.no-main-package", file=manifest, line=1)
        name = next((str(fact.value) for fact in _manifest_facts(tree, whole) if fact.name == "name"), "")
        named = next((path for path in ("doc.go", f"{name}.go") if tree.size(path) is not None), None)
        return Claim(confidence=LIKELY, rule="go.library.named-as-package", file=named) if named else None


LANGUAGE = Go()


def _manifest(tree: Tree) -> str | None:
    return next((path for path in MANIFESTS if tree.size(path) is not None), None)


def _manifest_facts(tree: Tree, whole: Project) -> Iterator[Fact]:
    manifest = _manifest(tree)
    if manifest:
        value = MANIFESTS[manifest]
        yield Fact(
            name="package_manager", value=value, rule="go.manifest", confidence=CERTAIN, file=manifest, line=1
        )
    top = next((module.path for module in whole.modules if module.folder == "." and module.path), None)
    if top:
        name = re.sub(r"/v\d+$", "", top.value).rpartition("/")[2]
        yield Fact(
            name="name", value=name, rule="go.module-path", confidence=STRONG, file=top.file, line=top.line
        )
