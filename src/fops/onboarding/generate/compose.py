"""`compose.yaml`: the detected services and what they rest on, for a developer's own machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, count
from posixpath import relpath
from typing import Any

from fops.onboarding.generate.backing import Backing, backing, local_value
from fops.onboarding.generate.container import dockerfile_path
from fops.onboarding.generate.container.commands import exec_form
from fops.onboarding.generate.container.runtime import (
    RELEASE,
    SCRATCH,
    build_arguments,
    components,
    reads_port,
    runtime,
    started,
)
from fops.onboarding.generate.render import because, render
from fops.onboarding.model import Artifact, EnvVariable, OnboardingPlan, Process, ServicePlan, Target

_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """One file for all services; none where the repository has its own."""
    if plan.target is not Target.K8S or any(name in plan.existing for name in _FILES):
        return
    known = _backing(plan)
    yield render(
        "compose/compose.yaml.j2",
        path="compose.yaml",
        reason="Runs the services and what they rest on locally: docker compose up --build.",
        facts=[f"{service.name}:{fact}" for service in plan.services for fact in ("language", "services")],
        name=plan.name,
        programs=list(_programs(plan, known)),
        backing=known,
        volumes=[
            *(service.name for service in plan.services if runtime(service).data),
            *(name for name, found in known.items() if found.data),
        ],
    )


def _backing(plan: OnboardingPlan) -> Mapping[str, Backing]:
    """What to start beside the programs; a program of that very name stands for it."""
    programs = {service.name for service in plan.services}
    named = dict.fromkeys(
        name for service in plan.services for name in service.backing if name not in programs
    )
    return {name: found for name in named if (found := backing(name))}


def _programs(plan: OnboardingPlan, known: Mapping[str, Backing]) -> Iterator[Mapping[str, Any]]:
    taken: dict[int, str] = {}
    for service in plan.services:
        first = _release_name(plan, service) if service.releases_on(plan.target) else None
        if first:
            release = Process(name=RELEASE, command=service.release_command)
            yield _program(plan, service, release, name=first, known=known) | {"ends": True}
        for index, (component, process) in enumerate(components(plan, service)):
            name = service.name if index == 0 else f"{service.name}-{component}"
            port = runtime(service).port if index == 0 else process.port
            yield _program(plan, service, process, name=name, known=known, main=index == 0, port=port) | {
                "published": _published(port, name, taken) if port else None,
                "follows": first,
            }


def _release_name(plan: OnboardingPlan, service: ServicePlan) -> str:
    names = {other.name for other in plan.services}
    numbered = (f"{service.name}-{RELEASE}-{number}" for number in count(2))
    return next(name for name in chain([f"{service.name}-{RELEASE}"], numbered) if name not in names)


def _program(
    plan: OnboardingPlan,
    service: ServicePlan,
    process: Process,
    *,
    name: str,
    known: Mapping[str, Backing],
    main: bool = False,
    port: int | None = None,
) -> dict[str, Any]:
    runs = runtime(service)
    return {
        "name": name,
        "because": because(service),
        "context": "." if service.context == "." else f"./{service.context}",
        "dockerfile": relpath(dockerfile_path(plan, service), service.context),
        "arguments": {one.name: _argument(one) for one in build_arguments(service)},
        "command": []
        if main
        else [word.replace("$", "$$") for word in exec_form(started(service, process.command))],
        "port": port,
        "ends": False,
        "follows": None,
        "environment": _environment(service, port),
        "waits_for": [other for other in service.backing if other in known],
        "read_only": runs.read_only,
        "writable": [_writable(folder, runs.user) for folder in runs.writable],
        "restricted": runs.restricted,
        "data": runs.data and f"{service.name}-data:{runs.data}",
    }


def _argument(variable: EnvVariable) -> str:
    """A build argument from the developer's environment; without a default, one that is not set is not given."""
    return f"${{{variable.name}:-{variable.default}}}" if variable.default else ""


def _writable(folder: str, user: int | None) -> str:
    """A folder in memory; over one that the image has, Docker keeps its mode and gives it to root."""
    return folder if folder == SCRATCH or user is None else f"{folder}:uid={user},gid={user}"


def _published(port: int, name: str, taken: dict[int, str]) -> int:
    """The port on the developer's machine: the same where it is free there and needs no privilege."""
    wanted = port if port >= 1024 else port + 8000
    while taken.setdefault(wanted, name) != name:
        wanted += 1
    return wanted


def _environment(service: ServicePlan, port: int | None) -> Mapping[str, str]:
    values = {variable.name: local_value(service, variable) for variable in service.env if not variable.built}
    if port and reads_port(service):
        values["PORT"] = str(port)
    return values
