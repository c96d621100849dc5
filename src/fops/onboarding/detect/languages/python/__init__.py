"""Python: applications, workers and sites, of any package manager.

Map: claim.py (application or library) · manifests/ (dependencies, package_manager, version, framework, services) · code/ (program text
by syntax tree: routes, environment, database) · run/ (entry, start, port, workers, Django) · checks.py (test, lint) · static.py
(site generators).
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim, key_line
from fops.onboarding.detect.files.commands import port_in
from fops.onboarding.detect.languages.python import claim, static
from fops.onboarding.detect.languages.python.checks import checks
from fops.onboarding.detect.languages.python.code.database import database
from fops.onboarding.detect.languages.python.code.environment import environment
from fops.onboarding.detect.languages.python.code.routes import health, metrics
from fops.onboarding.detect.languages.python.manifests import package_manager
from fops.onboarding.detect.languages.python.manifests.dependencies import project_name
from fops.onboarding.detect.languages.python.manifests.framework import framework_fact
from fops.onboarding.detect.languages.python.manifests.services import services
from fops.onboarding.detect.languages.python.manifests.version import version
from fops.onboarding.detect.languages.python.run import django
from fops.onboarding.detect.languages.python.run.port import port
from fops.onboarding.detect.languages.python.run.program import Project, project
from fops.onboarding.detect.languages.python.run.servers import Start
from fops.onboarding.detect.languages.python.run.start import start, with_port
from fops.onboarding.detect.languages.python.run.workers import job, workers
from fops.onboarding.model import CERTAIN, LIKELY, Fact
from fops.onboarding.ports import Tree


class Python:
    """The Python family."""

    name = "python"

    def claim(self, tree: Tree) -> Claim | None:
        """By a framework, a manifest, an entry file or a site generator's configuration."""
        site = static.generator(tree)
        found = claim.claim(tree)
        return static.claim(site) if site and (found is None or found.confidence < LIKELY) else found

    def library(self, tree: Tree) -> Claim | None:
        """A package made for an index, without anything that runs."""
        return claim.library(tree)

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every candidate fact."""
        whole = project(tree)
        yield from _name(tree)
        yield from package_manager.facts(tree)
        yield from version(tree)
        site = static.generator(tree)
        if site and whole.framework is None:
            yield from static.facts(tree, site)
        else:
            yield from _running(whole)
        yield from checks(whole)


LANGUAGE = Python()


def _name(tree: Tree) -> Iterator[Fact]:
    found = project_name(tree)
    if found:
        name, path = found
        yield Fact(
            name="name",
            value=name,
            rule="python.name.manifest",
            confidence=CERTAIN,
            file=path,
            line=key_line(tree, path, "name"),
        )


def _running(whole: Project) -> Iterator[Fact]:
    framework = whole.framework
    if framework:
        yield framework_fact(framework, whole.declaration, whole.modules)
    if build := django.build_command(whole):
        yield build
    processes = list(workers(whole))
    yield from processes
    yield from _start(whole, processes)
    yield from services(whole.dependencies, whole.modules)
    yield from environment(whole.modules)
    yield from database(whole.modules, in_instance="flask-sqlalchemy" in whole.dependencies)
    yield from health(whole.modules, framework=framework.name if framework else None)
    yield from metrics(whole.modules)


def _start(whole: Project, processes: list[Fact]) -> Iterator[Fact]:
    """Start command, port and `static`; a project of nothing but workers starts the first of them."""
    found = start(whole)
    if found is None or (found.rule == "python.start.file" and processes and found.file == processes[0].file):
        found = _as_start(processes) or found
    listening = _said(found) or next(port(whole, server=found.server if found else None), None)
    if listening:
        yield listening
    if found is None:
        return
    command = with_port(whole.tree, found, listening.value if listening else 8000)
    if not listening and not processes and (only := job(whole, command)):
        yield only
    yield _fact(found, name="start_command", value=command)
    yield _fact(found, name="static", value=False)
    if found.needs:
        yield _fact(found, name="server_package", value=found.needs)


def _said(found: Start | None) -> Fact | None:
    """The port that the project's own start command names."""
    number = port_in(found.command) if found else None
    return _fact(found, name="port", value=number) if found and number else None


def _as_start(processes: list[Fact]) -> Start | None:
    first = next(iter(processes), None)
    if first is None:
        return None
    return Start(
        command=first.value[0]["command"],
        rule="python.start.worker",
        confidence=LIKELY,
        file=first.file,
        line=first.line,
    )


def _fact(found: Start, *, name: str, value: object) -> Fact:
    return Fact(
        name=name, value=value, rule=found.rule, confidence=found.confidence, file=found.file, line=found.line
    )
