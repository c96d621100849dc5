"""Nx workspaces whose projects have no package.json: one of them is what the top builds and starts.

Sources: Nx's reference of nx.json and project.json, and of the executors of its Node, Next, Vite and React plugins.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fops.onboarding.detect.evidence import read_json
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.node.commands import runner
from fops.onboarding.model import LIKELY, Fact
from fops.onboarding.ports import Tree

_SETTINGS = "nx.json"
_FILE = re.compile(r"(?P<folder>.+)/project\.json")
_NEXT = re.compile(r"@(?:nx|nrwl)/next:")
_NODE = re.compile(r"@(?:nx|nrwl)/(?:node|nest|esbuild|express|js):|@(?:nx|nrwl)/webpack:")
_RUNS = re.compile(r"@(?:nx|nrwl)/(?:js|node):(?:node|execute)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NxProject:
    """An application of the workspace: its name, its folder, what its project.json says."""

    name: str
    folder: str
    document: Any

    def executor(self, target: str) -> str:
        """The executor of a target, empty where a plugin infers it."""
        return str(nested(self.document, "targets", target, "executor") or "")

    @property
    def is_next(self) -> bool:
        """Whether Next builds it."""
        return bool(_NEXT.match(self.executor("build")))

    @property
    def serves(self) -> bool:
        """Whether a program runs, not only files are served."""
        return self.is_next or bool(
            _NODE.match(self.executor("build")) or _RUNS.match(self.executor("serve"))
        )

    @property
    def output(self) -> str:
        """The folder its build writes."""
        told = nested(self.document, "targets", "build", "options", "outputPath")
        return told if isinstance(told, str) else f"dist/{self.folder}"


def main_project(tree: Tree) -> NxProject | None:
    """The application that counts: the workspace's default project, else a server, else the first."""
    return next(iter(_ranked(tree)), None)


def aside(tree: Tree, tool: str) -> Iterator[str]:
    """A note for each other application of the workspace, with the answers that choose it."""
    for project in _ranked(tree)[1:]:
        answers = {fact.name: json.dumps(fact.value).strip('"') for fact in facts(project, tool)}
        flags = " ".join(f"--set {name}={shlex.quote(value)}" for name, value in answers.items())
        yield f"also an application: {project.folder} (Nx project {project.name}); choose it with {flags}"


def _ranked(tree: Tree) -> list[NxProject]:
    settings = read_json(tree, _SETTINGS)
    default = nested(settings, "defaultProject")
    found = _projects(tree) if settings is not None else ()
    return sorted(found, key=lambda one: (one.name != default, not one.serves, one.folder))


def _projects(tree: Tree) -> Iterator[NxProject]:
    for path in tree.files:
        place = _FILE.fullmatch(path)
        document = read_json(tree, path) if place else None
        if (
            place is None
            or not isinstance(document, dict)
            or tree.size(f"{place['folder']}/package.json") is not None
        ):
            continue
        name = str(document.get("name") or place["folder"].rpartition("/")[2])
        if document.get("projectType") == "application" and not name.endswith("-e2e"):
            yield NxProject(name=name, folder=place["folder"], document=document)


def facts(project: NxProject, tool: str) -> Iterator[Fact]:
    """How the project is built and started from the top, where no script there says it."""
    values: dict[str, object] = {"static": not project.serves}
    values["build_command"] = f"{runner(tool)} nx build {project.name}"
    if project.is_next:
        values["start_command"] = f"{runner(tool)} next start {project.output}"
    elif project.serves:
        values["start_command"] = f"node {project.output}/main.js"
    else:
        values["output_folder"] = project.output
    for name, value in values.items():
        yield Fact(name=name, value=value, rule="node.nx.project", confidence=LIKELY + 0.05,
                   file=f"{project.folder}/project.json", line=1)  # fmt: skip
