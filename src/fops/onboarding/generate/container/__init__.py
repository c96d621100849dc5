"""Container images: a Dockerfile for each service and what its build context leaves out.

Map:
    commands.py    shell text as the words a container starts
    runtime.py     what a started container is: user, port, folders it writes (read by manifests and compose too)
    ignore.py      the `.dockerignore` of a build context
    one module per language, each offering `dockerfile(service)`: the template and its values
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fops.onboarding.generate.container import go, ignore, java, node, python, static
from fops.onboarding.generate.container.runtime import is_beside_program, owned_folder, runtime, workdir
from fops.onboarding.generate.render import because, render
from fops.onboarding.generate.render.places import PROPOSED, is_taken
from fops.onboarding.model import Artifact, ExistingDockerfile, OnboardingPlan, ServicePlan, Target

_LANGUAGES: Mapping[str, Callable[[ServicePlan], tuple[str, Mapping[str, Any]]]] = MappingProxyType({
    "python": python.dockerfile,
    "node": node.dockerfile,
    "go": go.dockerfile,
    "java": java.dockerfile,
    "static": static.dockerfile,
})  # fmt: skip


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The images of what runs in a cluster; nothing for other targets."""
    if plan.target is Target.K8S:
        yield from images(plan)


def images(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The Dockerfile of each service, and one `.dockerignore` for each build context."""
    contexts: dict[str, list[ServicePlan]] = {}
    for service in plan.services:
        contexts.setdefault(service.context, []).append(service)
        yield from dockerfile(plan, service)
    for context, services in contexts.items():
        # What the user's own Dockerfile copies is not known, so nothing is taken away from it.
        if all(service.dockerfile is None for service in services):
            yield ignore.artifact(context, services, others=contexts)


def dockerfile(plan: OnboardingPlan, service: ServicePlan) -> Iterator[Artifact]:
    """The service's Dockerfile and what it copies; where the user has one, at most a proposal beside it."""
    if service.dockerfile is None:
        yield _dockerfile(
            plan, service, path=dockerfile_path(plan, service), reason=_reason(service), beside=None
        )
        if service.static:
            yield static.configuration(plan, service)
    elif not service.static and (improvements := _improvements(service.dockerfile)):
        theirs = dockerfile_path(plan, service)
        reason = f"A proposal beside {theirs}, which {' and '.join(improvements)}; yours stays in use until you take this one."
        yield _dockerfile(plan, service, path=f"{PROPOSED}/{theirs}", reason=reason, beside=theirs)


def dockerfile_path(plan: OnboardingPlan, service: ServicePlan) -> str:
    """The Dockerfile a service is built from, from the repository's top: the user's own where there is one that can be read.

    Ours has another name where that one is taken all the same, by a link or a folder.
    """
    if service.dockerfile:
        theirs = service.dockerfile.path
        return theirs if theirs.startswith(service.prefix) else f"{service.prefix}{theirs}"
    usual = f"{service.prefix}Dockerfile"
    return f"{service.prefix}fops.Dockerfile" if is_taken(usual, plan.existing) else usual


def _dockerfile(
    plan: OnboardingPlan, service: ServicePlan, *, path: str, reason: str, beside: str | None
) -> Artifact:
    template, values = _LANGUAGES[service.language](service)
    served = static.values(plan, service) if service.static else {}
    return render(
        template,
        path=path,
        reason=reason,
        facts=[f"{service.name}:language", f"{service.name}:package_manager"],
        beside=beside,
        **{
            "because": because(service),
            "folder": workdir(service),
            "build_command": service.build_command,
            "port": service.port,
            "owned_folder": owned_folder(service),
            "beside_program": is_beside_program(service),
            **values,
            **served,
        },
    )


def _reason(service: ServicePlan) -> str:
    kind = "files, served by nginx" if service.static else f"a {service.language} program"
    return f"Builds the image of {service.name}: {kind}, as a user without privileges."


def _improvements(theirs: ExistingDockerfile) -> list[str]:
    """What a reviewer would change in the user's Dockerfile, as the end of a sentence."""
    if theirs.user is None:
        return ["names no user, so that most base images run it as root"]
    return ["runs as root"] if theirs.user.partition(":")[0] in {"root", "0"} else []


__all__ = ["artifacts", "dockerfile", "dockerfile_path", "images", "runtime"]
