"""One overlay for each environment: its namespace, hosts and image tags; production also scales and is protected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fops.onboarding.generate.kubernetes.base import PLACEHOLDER_TAG
from fops.onboarding.generate.kubernetes.names import host, namespace
from fops.onboarding.generate.kubernetes.workload import Workload, workloads
from fops.onboarding.generate.render import because, render
from fops.onboarding.model import Artifact, OnboardingPlan

FOLDER = "deploy/k8s/overlays"


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The files of every environment."""
    for environment in plan.environments:
        yield from _overlay(plan, environment)


def _overlay(plan: OnboardingPlan, environment: str) -> Iterator[Artifact]:
    production = environment == plan.production
    scaled = [one for one in _all(plan) if one.port and not one.single] if production else []
    extra = ["hpa.yaml", "pdb.yaml"] if scaled else []
    yield _render(
        plan,
        environment,
        "kustomization.yaml",
        f"What is different in {environment}: namespace, hosts, image tags, number of pods.",
        resources=["namespace.yaml", *extra],
        images=dict.fromkeys(service.image for service in plan.services),
        tag=PLACEHOLDER_TAG,
        counts={workload.name: 1 for workload in _all(plan) if workload not in scaled},
        hosts=[
            {"name": service.name, "host": host(service, environment), "because": because(service)}
            for service in plan.services
            if workloads(plan, service)[0].port
        ],
    )
    yield _render(plan, environment, "namespace.yaml", f"The namespace of {environment} and the security it enforces.",
                  level=_security_level(plan))  # fmt: skip
    if scaled:
        yield _render(
            plan, environment, "hpa.yaml", "Scales the serving pods with their load.", scaled=scaled
        )
        yield _render(
            plan, environment, "pdb.yaml", "Keeps pods serving while nodes are drained.", scaled=scaled
        )


def _all(plan: OnboardingPlan) -> list[Workload]:
    return [workload for service in plan.services for workload in workloads(plan, service)]


def _security_level(plan: OnboardingPlan) -> str:
    """The strictest Pod Security Standard that every pod of the plan meets."""
    return "restricted" if all(workload.runtime.restricted for workload in _all(plan)) else "baseline"


def _render(plan: OnboardingPlan, environment: str, file: str, reason: str, **values: Any) -> Artifact:
    shared: Mapping[str, Any] = {
        "namespace": namespace(plan, environment),
        "environment": environment,
        "part_of": plan.name,
    }
    return render(
        f"kubernetes/overlay/{file}.j2",
        path=f"{FOLDER}/{environment}/{file}",
        reason=reason,
        facts=[f"{service.name}:{fact}" for service in plan.services for fact in ("language", "port")],
        **shared,
        **values,
    )
