"""Kubernetes manifests a repository already has: the container port and the probe's path of its workload.

Only plain manifests are read; a Helm template is no YAML. Where several workloads stand together, the one named
like the application's folder counts, and none when that is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fops.kernel.errors import FopsError
from fops.kernel.formats import load_yaml_all
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.files.images import backing_service
from fops.onboarding.detect.files.place import Place
from fops.onboarding.detect.files.values import items, nested
from fops.onboarding.model import STRONG, Fact
from fops.onboarding.ports import Tree

_FOLDER = re.compile(
    r"(?:^|/)(?:\.?k8s|kube|kubernetes|manifests|deploy(?:ment)?s?|kustomize|base|overlays|[\w-]*k8s[\w-]*|kubernetes-\w+)/"
)
_FILE = re.compile(r"(?:^|[/_-])(?:deployment|k8s|kubernetes|statefulset)[\w.-]*\.ya?ml$|-deployment\.ya?ml$")
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Rollout"})
_MOST_FILES = 60  # manifests of one repository; more are overlays of the same workloads


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workload:
    """A container of a workload that names a port."""

    name: str
    port: int
    path: str | None
    file: str
    line: int
    path_line: int | None


def facts(place: Place) -> Iterator[Fact]:
    """The port and health path of the workload that runs this place's application."""
    found = _chosen(place, tuple(_workloads(place)))
    if found is None:
        return
    file = place.seen_from_here(found.file)
    yield Fact(
        name="port",
        value=found.port,
        rule="kubernetes.container-port",
        confidence=STRONG,
        file=file,
        line=found.line,
    )
    if found.path:
        yield Fact(
            name="health_path",
            value=found.path,
            rule="kubernetes.probe",
            confidence=STRONG,
            file=file,
            line=found.path_line,
        )


def _chosen(place: Place, found: tuple[_Workload, ...]) -> _Workload | None:
    if place.path == ".":
        return found[0] if len({(one.name, one.port) for one in found}) == 1 else None
    return next((one for one in found if one.name == place.path.rpartition("/")[2]), None)


def _workloads(place: Place) -> Iterator[_Workload]:
    name = place.path.rpartition("/")[2]
    for file in islice((path for path in place.top.files if _is_manifest(path)), _MOST_FILES):
        text = place.top.read(file) or ""
        if "containerPort" in text and "{{" not in text and (name == "." or name in text):
            yield from _in_file(place.top, file, text)


def _is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and bool(_FOLDER.search(path) or _FILE.search(path))


def _in_file(tree: Tree, file: str, text: str) -> Iterator[_Workload]:
    try:
        documents = list(load_yaml_all(text, name=file))
    except FopsError:
        return
    for document in documents:
        if isinstance(document, dict) and document.get("kind") in _WORKLOADS:
            yield from _in_workload(tree, file, document)


def _in_workload(tree: Tree, file: str, document: dict[str, Any]) -> Iterator[_Workload]:
    text = tree.read(file) or ""
    for container in _containers(document):
        port = next(
            (p for entry in items(container.get("ports")) if (p := as_port(nested(entry, "containerPort")))),
            None,
        )
        path = next(
            (
                p
                for probe in ("readinessProbe", "livenessProbe")
                if (p := nested(container, probe, "httpGet", "path"))
            ),
            None,
        )
        if port and not backing_service(str(container.get("image") or "")):
            yield _Workload(
                name=str(nested(document, "metadata", "name")),
                port=port,
                path=path if isinstance(path, str) else None,
                file=file,
                line=_line(text, rf"containerPort:\s*{port}\b") or 1,
                path_line=_line(text, rf"path:\s*[\"']?{re.escape(str(path))}"),
            )


def _containers(document: dict[str, Any]) -> list[dict[str, Any]]:
    spec = nested(document, "spec", "template", "spec") or nested(document, "spec")
    return [one for one in items(nested(spec, "containers")) if isinstance(one, dict)]


def _line(text: str, pattern: str) -> int | None:
    found = re.search(pattern, text)
    return text.count("\n", 0, found.start()) + 1 if found else None
