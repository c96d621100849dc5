"""Everything a plan gives, in the order of the paths. What the user wrote wins: ours then stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fops.onboarding.generate import compose, container, kubernetes, monitoring
from fops.onboarding.generate.cloud import serverless, static
from fops.onboarding.generate.handover import policy, runbook, service_file
from fops.onboarding.generate.pipeline import scripts, workflow
from fops.onboarding.generate.render.places import PROPOSED, above, around_bars
from fops.onboarding.model import Artifact, OnboardingPlan

_GENERATORS: tuple[Callable[[OnboardingPlan], Iterator[Artifact]], ...] = (
    container.artifacts,
    compose.artifacts,
    kubernetes.artifacts,
    monitoring.artifacts,
    workflow.artifacts,
    scripts.artifacts,
    serverless.artifacts,
    static.artifacts,
    runbook.artifacts,
    service_file.artifacts,
    policy.artifacts,
)


def generate(plan: OnboardingPlan) -> tuple[Artifact, ...]:
    """The artifacts of a plan, sorted by path. Pure: the same plan gives the same bytes."""
    made = around_bars((artifact for generator in _GENERATORS for artifact in generator(plan)), plan.existing)
    taken = plan.existing.union(folder for path in plan.existing for folder in above(path))
    return tuple(sorted((_beside(artifact, taken) for artifact in made), key=lambda artifact: artifact.path))


def _beside(artifact: Artifact, taken: frozenset[str]) -> Artifact:
    """The artifact, moved aside where the user's file, link or folder has its place."""
    if artifact.beside or artifact.path not in taken:
        return artifact
    return replace(
        artifact,
        path=f"{PROPOSED}/{artifact.path}",
        reason=f"{artifact.reason} {artifact.path} is yours and stays as it is: this is a proposal beside it.",
        beside=artifact.path,
    )
