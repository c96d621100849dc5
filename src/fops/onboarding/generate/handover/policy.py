"""Starter policies in Rego: few, plain, each saying in its header what it reads, what passes and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from fops.onboarding.generate.render import render
from fops.onboarding.model import Artifact, OnboardingPlan, Target

FOLDER = ".fops/policy"
_APPROVAL = ("approval", "Production changes only after somebody else approved.")
_POLICIES = MappingProxyType(
    {
        Target.K8S: (
            _APPROVAL,
            ("images", "Images are named by a version."),
            ("pods", "Containers run as ordinary users and say what they may use."),
        ),
        Target.SERVERLESS: (_APPROVAL, ("roles", "Roles name what they allow.")),
        Target.STATIC: (_APPROVAL, ("buckets", "Buckets are private, encrypted and keep old versions.")),
    }
)


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The policies that fit the target; GitHub Pages has no bucket to judge."""
    for name, reason in _POLICIES[plan.target]:
        if plan.pages and name == "buckets":
            continue
        yield render(
            f"policy/{name}.rego.j2",
            path=f"{FOLDER}/{name}.rego",
            reason=reason,
            facts=[f"{service.name}:language" for service in plan.services],
            production=plan.production,
            image=plan.services[0].image,
        )
