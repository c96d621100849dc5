"""Dropwizard's own arguments and configuration: `server FILE`, the connectors of its YAML, and its health checks.

Source: Dropwizard's "Getting Started" and "Configuration Reference".
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from fops.onboarding.detect.evidence import find, read_yaml
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.files.values import items, nested
from fops.onboarding.detect.languages.java.build import Build
from fops.onboarding.detect.languages.java.builds.module import inside
from fops.onboarding.detect.languages.java.config import default_of
from fops.onboarding.model import CERTAIN, STRONG, Fact
from fops.onboarding.ports import Tree

_FOLDERS = (".", "config", "conf", "src/main/resources")
_YAML = re.compile(r"[\w.-]+\.ya?ml", re.ASCII)
_STARTS_ITSELF = re.compile(r"\.run\(\s*\"server\"")
_CONNECTOR = re.compile(r"(?m)^[ \t]*(?:applicationConnectors|connector):(?:(?!\n\S)[\s\S])*?\bport:")


def arguments(tree: Tree, build: Build) -> str:
    """What the program is given to serve: empty where it is no Dropwizard program, or gives it to itself."""
    if build.app.depends("io.dropwizard:") is None:
        return ""
    if build.main and _STARTS_ITSELF.search(tree.read(build.main.file) or ""):
        return ""
    path = configuration(tree, build.app.folder)
    return f" server {shlex.quote(path)}" if path else " server"


def facts(tree: Tree, build: Build) -> Iterator[Fact]:
    """The port of the application's connector, and the health route where it is on that port."""
    path = configuration(tree, build.app.folder) if build.app.depends("io.dropwizard:") else None
    if path is None:
        return
    document = read_yaml(tree, path)
    first = next(iter(items(nested(document, "server", "applicationConnectors"))), None)
    told = nested(first, "port") or nested(document, "server", "connector", "port")
    port = as_port(default_of(str(told).replace(":-", ":")))
    if port:
        yield _fact("port", port, tree, path, confidence=CERTAIN)
    if health := _health(document):
        yield _fact("health_path", health, tree, path, confidence=STRONG)


def configuration(tree: Tree, folder: str) -> str | None:
    """The file with a `server` block (or the one called config.yml), the nearest to the module's top."""
    for place in _FOLDERS:
        prefix = inside(folder, "" if place == "." else f"{place}/")
        names = (path.removeprefix(prefix) for path in tree.files if path.startswith(prefix))
        for name in sorted((one for one in names if _YAML.fullmatch(one)), key=lambda one: "test" in one):
            path = f"{prefix}{name}"
            if isinstance(nested(read_yaml(tree, path), "server"), dict):
                return path
    return None


def _health(document: Any) -> str | None:
    """Admin routes are the application's only for the simple server; `health` adds one to the application."""
    if isinstance(nested(document, "health"), dict):
        return "/health-check"
    if nested(document, "server", "type") != "simple":
        return None
    return f"{nested(document, 'server', 'adminContextPath') or '/admin'}/healthcheck"


def _fact(name: str, value: object, tree: Tree, path: str, *, confidence: float) -> Fact:
    hit = find(tree, _CONNECTOR, (path,))
    line = hit.line + hit.match[0].count("\n") if hit else 1
    return Fact(
        name=name,
        value=value,
        rule=f"java.dropwizard.{name.replace('_', '-')}",
        confidence=confidence,
        file=path,
        line=line,
    )
