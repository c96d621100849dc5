"""Kubernetes manifests as a Kustomize base and one overlay for each environment.

Map:
    names.py       the names everything else refers to, within their limits
    workload.py    what runs of a service
    base.py        the files all environments share
    overlays.py    what is different in each
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.generate.kubernetes import base, overlays
from fops.onboarding.generate.kubernetes.names import host, namespace, secret_name, tls_name
from fops.onboarding.generate.kubernetes.workload import release_job, workloads
from fops.onboarding.model import Artifact, OnboardingPlan, Target


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """Base and overlays; nothing for other targets."""
    if plan.target is Target.K8S:
        yield from base.artifacts(plan)
        yield from overlays.artifacts(plan)


__all__ = ["artifacts", "host", "namespace", "release_job", "secret_name", "tls_name", "workloads"]
