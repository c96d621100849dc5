"""The Kustomize base: for each service its workloads, and what lets them be reached and configured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fops.onboarding.generate.backing import backing, points_home
from fops.onboarding.generate.container.runtime import reads_port
from fops.onboarding.generate.kubernetes.names import claim_name, secret_name, tls_name
from fops.onboarding.generate.kubernetes.workload import Workload, release_job, workloads
from fops.onboarding.generate.render import because, render
from fops.onboarding.model import Artifact, EnvVariable, OnboardingPlan, ServicePlan

PLACEHOLDER_TAG = "0.0.0"  # the pipeline puts the commit's SHA in its place; no such image exists, so nothing runs by mistake
FOLDER = "deploy/k8s/base"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The files of the base, its list of them first."""
    files = [artifact for service in plan.services for artifact in _service(plan, service)]
    yield render(
        "kubernetes/base/kustomization.yaml.j2",
        path=f"{FOLDER}/kustomization.yaml",
        reason="Lists what every environment has in common.",
        facts=[f"{service.name}:language" for service in plan.services],
        resources=[artifact.path.removeprefix(f"{FOLDER}/") for artifact in files],
    )
    yield from files


def settable(service: ServicePlan) -> tuple[EnvVariable, ...]:
    """The plain variables whose value only a person knows: without a default, or with one that means this machine."""
    return tuple(
        variable for variable in _variables(service.configuration)
        if variable.name != "PORT" and (variable.default is None or points_home(variable))
    )  # fmt: skip


def configuration(service: ServicePlan, port: int | None) -> dict[str, str]:
    """The entries of the ConfigMap: the program's own defaults, and the port where it reads it."""
    given = {
        variable.name: variable.default
        for variable in _variables(service.configuration)
        if variable.default is not None and variable.name != "PORT" and not points_home(variable)
    }
    return given | ({"PORT": str(port)} if port and reads_port(service) else {})


def _variables(variables: tuple[EnvVariable, ...]) -> Iterator[EnvVariable]:
    """Those the API server accepts as keys."""
    return (variable for variable in variables if _VARIABLE.fullmatch(variable.name))


def _service(plan: OnboardingPlan, service: ServicePlan) -> Iterator[Artifact]:
    every = workloads(plan, service)
    main = every[0]
    config = configuration(service, main.port)
    to_set = settable(service)
    yield _render(
        plan, service, "serviceaccount.yaml", "An own identity, without a token for the API server."
    )
    if config or to_set:
        yield _render(plan, service, "configmap.yaml", "The variables the program reads that are no secrets.",
                      config=config, to_set=to_set)  # fmt: skip
    if main.runtime.data:
        yield _render(
            plan,
            service,
            "persistentvolumeclaim.yaml",
            "A volume for the data that no database server keeps.",
        )
    for workload in every:
        yield _workload(plan, service, workload, configured=bool(config or to_set))
    if job := release_job(plan, service):
        yield _workload(plan, service, job, configured=bool(config or to_set))
    for workload in every:
        if workload.port:
            yield _render(plan, service, _file("service", workload), "A stable name and port for the pods.",
                          template="service.yaml", workload=workload)  # fmt: skip
    if main.port:
        yield _render(plan, service, "ingress.yaml", "The way in from outside; each overlay sets its host.",
                      workload=main, tls=tls_name(service))  # fmt: skip
    yield _render(plan, service, "networkpolicy.yaml", "Only expected traffic in and out.",
                  ports=sorted({workload.port for workload in every if workload.port}), backing=_backing_ports(service))  # fmt: skip


def _workload(
    plan: OnboardingPlan, service: ServicePlan, workload: Workload, *, configured: bool
) -> Artifact:
    return _render(
        plan,
        service,
        _file("job" if workload.ends else "deployment", workload),
        f"Runs the release command of {service.name} before each roll-out, limited and without privileges."
        if workload.ends
        else f"Runs the {workload.component} process of {service.name} with probes, limits and no privileges.",
        template="workload.yaml",
        workload=workload,
        configured=configured,
        secrets=[variable.name for variable in _variables(service.secrets)],
        secret=secret_name(service),
        tag=PLACEHOLDER_TAG,
    )


def _file(kind: str, workload: Workload) -> str:
    return f"{kind}.yaml" if workload.main else f"{kind}-{workload.component}.yaml"


def _backing_ports(service: ServicePlan) -> dict[str, int]:
    return {name: known.port for name in service.backing if (known := backing(name))}


def _render(
    plan: OnboardingPlan, service: ServicePlan, file: str, reason: str, *, template: str = "", **values: Any
) -> Artifact:
    return render(
        f"kubernetes/base/{template or file}.j2",
        path=f"{FOLDER}/{service.name}/{file}",
        reason=reason,
        facts=[f"{service.name}:language"],
        because=because(service),
        service=service,
        part_of=plan.name,
        claim=claim_name(service),
        **values,
    )
