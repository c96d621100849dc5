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

from fops.kernel.formats import line_of
from fops.onboarding.detect.evidence import read_yaml
from fops.onboarding.detect.files.commands import as_port, for_development
from fops.onboarding.detect.files.dockerfile import is_script
from fops.onboarding.detect.files.environment import variable
from fops.onboarding.detect.files.images import backing_service
from fops.onboarding.detect.files.place import Place
from fops.onboarding.detect.files.procfile import ONE_SHOT
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
        line = self._line(service, *keys)
        return Fact(
            name=name, value=value, rule=f"compose.{name}", confidence=confidence, file=self.shown, line=line
        )

    def _line(self, service: str, *keys: str) -> int | None:
        """A line of a service, whose own name is the least indented: others that wait for it may say it before."""
        text = self.tree.read(self.path) or ""
        named = re.finditer(rf"^( +)[\"']?{re.escape(service)}[\"']? *:", text, re.MULTILINE)
        start = min(((len(found[1]), found.start()) for found in named), default=(0, 0))[1]
        line = line_of(text[start:], service, *keys)
        return text.count("\n", 0, start) + line if line else None


def facts(place: Place) -> Iterator[Fact]:
    """Ports, variables, processes, what ends before them, and backing services, of the services built from this folder."""
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
    """Several services from one folder with commands of their own are one image run several ways; some end."""
    commands = {name: _command(service) for name, service in ours.items()}
    told = {name: command for name, command in commands.items() if command and not for_development(command)}
    once = [name for name in told if name in ONE_SHOT or name in _waited_for(ours)]
    lasting = [name for name in ours if name not in once]
    if len(lasting) > 1 and all(name in told for name in lasting):
        processes = [{"name": name, "command": told[name]} for name in lasting]
        yield file.fact("processes", processes, lasting[0], "command", confidence=LIKELY)
    if once and lasting:
        yield file.fact("release_command", told[once[0]], once[0], "command", confidence=LIKELY)


def _waited_for(ours: dict[str, Any]) -> frozenset[str]:
    """The services that others start after, once these have ended well."""
    conditions = [waits for service in ours.values() if isinstance(waits := service.get("depends_on"), dict)]
    return frozenset(
        str(name)
        for waits in conditions
        for name, how in waits.items()
        if isinstance(how, dict) and how.get("condition") == "service_completed_successfully"
    )


def _command(service: dict[str, Any]) -> str:
    """What a service runs: its entrypoint with the command as arguments; a script before it gives way, as in an image."""
    entry, command = _words(service.get("entrypoint")), _words(service.get("command"))
    return command if command and is_script(entry) else f"{entry} {command}".strip()


def _words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


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
