"""compose: the services built from a folder (ports, variables, processes) and the backing services beside them.

The file may stand in the application's own folder or at the repository's top, where `build: ./api` points down. The
port is the container's, the right-hand side of `8080:3000`. Reference: the Compose specification, "services".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fops.onboarding.detect.evidence import key_line, read_yaml
from fops.onboarding.detect.files.commands import as_port, for_development
from fops.onboarding.detect.files.environment import variable
from fops.onboarding.detect.files.images import backing_service
from fops.onboarding.detect.files.place import Place
from fops.onboarding.detect.files.values import items
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One compose file: as evidence names it, where it stands, and its services."""

    tree: Tree
    path: str
    shown: str
    folder: str
    services: dict[str, dict[str, Any]]

    def fact(self, name: str, value: Any, service: str, *keys: str, confidence: float) -> Fact:
        line = key_line(self.tree, self.path, "services", service, *keys)
        return Fact(
            name=name, value=value, rule=f"compose.{name}", confidence=confidence, file=self.shown, line=line
        )


def facts(place: Place) -> Iterator[Fact]:
    """Ports, variables, processes and backing services of the services built from this place's folder."""
    for file in _files(place):
        ours = {
            name: service for name, service in file.services.items() if _context(file, service) == place.path
        }
        yield from _backing(file, ours, everything=file.folder == place.path)
        for name, service in ours.items():
            yield from _service(file, name, service)
        yield from _processes(file, ours)


def _files(place: Place) -> Iterator[_File]:
    for tree, folder in dict.fromkeys([(place.tree, place.path), (place.top, ".")]):
        path = next((name for name in _NAMES if tree.read(name) is not None), None)
        content = read_yaml(tree, path) if path else None
        services = content.get("services") if isinstance(content, dict) else None
        if path and isinstance(services, dict):
            known = {str(name): service for name, service in services.items() if isinstance(service, dict)}
            shown = path if folder == place.path else place.seen_from_here(path)
            yield _File(tree=tree, path=path, shown=shown, folder=folder, services=known)
        if folder == ".":
            return


def _context(file: _File, service: dict[str, Any]) -> str | None:
    """The folder below the repository's top an image is built from, None for a ready image."""
    build = service.get("build")
    context = build.get("context", ".") if isinstance(build, dict) else build
    return posixpath.normpath(posixpath.join(file.folder, context)) if isinstance(context, str) else None


def _backing(file: _File, ours: dict[str, Any], *, everything: bool) -> Iterator[Fact]:
    wanted = {str(other) for service in ours.values() for other in _names(service.get("depends_on"))}
    for name, service in file.services.items():
        kind = backing_service(str(service.get("image") or ""))
        if kind and (everything or name in wanted):
            yield file.fact("services", [kind], name, "image", confidence=CERTAIN)


def _service(file: _File, name: str, service: dict[str, Any]) -> Iterator[Fact]:
    for key in ("ports", "expose"):
        ports = [port for entry in items(service.get(key)) if (port := _target(entry))]
        if ports:
            yield file.fact("port", ports[0], name, key, confidence=STRONG)
            break
    variables = [variable(key, None) for key in _names(service.get("environment"))]
    if variables:
        yield file.fact("env", variables, name, "environment", confidence=LIKELY)


def _processes(file: _File, ours: dict[str, Any]) -> Iterator[Fact]:
    """Several services from one folder with commands of their own are one image run several ways."""
    commands = {name: _command(service) for name, service in ours.items()}
    told = {name: command for name, command in commands.items() if command and not for_development(command)}
    if len(ours) > 1 and len(told) == len(ours):
        processes = [{"name": name, "command": command} for name, command in told.items()]
        yield file.fact("processes", processes, next(iter(told)), "command", confidence=LIKELY)


def _command(service: dict[str, Any]) -> str:
    command = service.get("command")
    return " ".join(map(str, command)) if isinstance(command, list) else str(command or "")


def _target(entry: Any) -> int | None:
    if isinstance(entry, dict):
        return as_port(entry.get("target"))
    text = _DEFAULT.sub(r"\1", str(entry)).partition("/")[0]
    return as_port(text.rpartition(":")[2])


def _names(value: Any) -> list[str]:
    """Keys of a mapping, or the part before `=` of a list: compose allows both."""
    if isinstance(value, dict):
        return [str(key) for key in value]
    return [str(item).partition("=")[0].strip() for item in items(value)]
