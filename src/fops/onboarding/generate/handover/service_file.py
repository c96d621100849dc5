"""`fops.yaml`: the plan as the catalog's nouns, which deployments read back with `fops.catalog.parse`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from fops.catalog import Environment, Process, Protection, Runtime, Service
from fops.onboarding.generate.cloud import serverless, static
from fops.onboarding.generate.kubernetes import namespace
from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target

PATH = "fops.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedService(Service):
    """A service of the file with the mark for the facts its lines rest on."""

    because: Callable[..., Escaped]


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The service file."""
    yield render(
        "service_file/fops.yaml.j2",
        path=PATH,
        reason="Names the services and environments that deployments work on.",
        facts=[f"{service.name}:{fact}" for service in plan.services for fact in ("language", "name")],
        plan=plan,
        services=[_marked(plan, service) for service in plan.services],
        environments=environments(plan),
    )


def environments(plan: OnboardingPlan) -> tuple[Environment, ...]:
    """The plan's environments with what a deployment to each renders."""
    return tuple(_environment(plan, name) for name in plan.environments)


def _environment(plan: OnboardingPlan, name: str) -> Environment:
    kubernetes, serverless_target = plan.target is Target.K8S, plan.target is Target.SERVERLESS
    folder = serverless if serverless_target else static
    stack = not kubernetes and not plan.pages
    return Environment(
        name=name,
        target=Runtime(plan.target.value),
        protection=Protection.APPROVAL if name == plan.production else Protection.NONE,
        manifests=f"deploy/k8s/overlays/{name}"
        if kubernetes
        else f"{folder.FOLDER}/template.yaml"
        if stack
        else None,
        namespace=namespace(plan, name) if kubernetes else None,
        parameters=folder.parameters_path(name) if stack else None,
    )


def _marked(plan: OnboardingPlan, service: ServicePlan) -> MarkedService:
    noun = _service(plan, service)
    return MarkedService(
        because=because(service), **{field.name: getattr(noun, field.name) for field in fields(noun)}
    )


def _service(plan: OnboardingPlan, service: ServicePlan) -> Service:
    return Service(
        name=service.name,
        path=service.path,
        language=service.language,
        image=service.image if plan.target is Target.K8S else None,
        port=service.port,
        health=service.health_path,
        processes=tuple(
            Process(name=process.name, command=process.command, port=process.port)
            for process in service.processes
        ),
        backing=service.backing,
        secrets=tuple(variable.name for variable in service.secrets),
    )
