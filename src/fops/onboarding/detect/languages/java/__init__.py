"""Java and the other JVM languages that Maven or Gradle build; plain sources and unpacked archives too.

Map: builds/ (reads Maven and Gradle) · build.py (which module is the application) · version.py · dependencies.py (framework, services) · start.py · servlet.py and dropwizard.py (how they are served) · config.py (application.*) · port.py · behaviour.py · bare.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.detect.languages.java import dropwizard, servlet
from fops.onboarding.detect.languages.java.bare import bare_claim, bare_facts
from fops.onboarding.detect.languages.java.behaviour import behaviour, database
from fops.onboarding.detect.languages.java.build import Build, builds, manifest_file
from fops.onboarding.detect.languages.java.config import settings
from fops.onboarding.detect.languages.java.dependencies import framework, services
from fops.onboarding.detect.languages.java.port import port
from fops.onboarding.detect.languages.java.start import commands
from fops.onboarding.detect.languages.java.version import version
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree


class Java:
    """The Java family."""

    name = "java"

    def claim(self, tree: Tree) -> Claim | None:
        """By a Maven or Gradle build at the top, else by Java sources or an unpacked archive."""
        manifest = manifest_file(tree)
        return (
            Claim(confidence=CERTAIN, rule="java.claim.build", file=manifest, line=1)
            if manifest
            else bare_claim(tree)
        )

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every candidate fact."""
        manifest, found = manifest_file(tree), builds(tree)
        if manifest:
            tool = "gradle" if "gradle" in manifest else "maven"
            yield Fact(
                name="package_manager",
                value=tool,
                rule="java.manifest",
                confidence=CERTAIN,
                file=manifest,
                line=1,
            )
        if found:
            yield from _facts(tree, found)
        else:
            yield from version(tree, ())
            yield from bare_facts(tree)

    def library(self, tree: Tree) -> Claim | None:
        """Code that nothing starts: no plugin that makes a program, no archive for a server, no main class."""
        found = next(iter(builds(tree)), None)
        if found is None or any(module.packaging in {"war", "ear"} for module in found.modules):
            return None
        if found.is_program or not found.sources or not tree.read(found.app.file):
            return None
        readable = all(tree.read(path) for path in found.sources)
        return Claim(
            confidence=STRONG if readable else LIKELY,
            rule="java.library.no-main-class",
            file=found.app.file,
            line=1,
        )


LANGUAGE = Java()


def _facts(tree: Tree, programs: tuple[Build, ...]) -> Iterator[Fact]:
    found, app = programs[0], programs[0].app
    modules = (app, *(module for module in found.modules if module is not app))
    used = framework(modules)
    configured = settings(tree, app.folder)
    if app.name:
        yield Fact(
            name="name",
            value=app.name.value,
            rule="java.name",
            confidence=STRONG,
            file=app.name.file,
            line=app.name.line,
        )
    yield from version(tree, modules)
    yield from (fact for fact in (used, services(modules)) if fact)
    made = {fact.name: fact for fact in commands(tree, programs)}
    yield from made.values()
    yield from dropwizard.facts(tree, found)
    name = str(used.value) if used else None
    if "server_package" in made:
        yield servlet.port(made["start_command"])
    else:
        yield from port(tree, found.sources, module=app, framework=name, settings=configured)
    yield from behaviour(tree, found.sources, module=app, settings=configured)
    yield from database(tree, found.sources, configured)
