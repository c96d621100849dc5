"""One whole output for each template of pipeline, scripts, AWS, runbook, service file and policies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.factories.plans import GO_API_AND_WORKER, NODE_SPA, SPRING, a_plan, a_service

from fops.onboarding.generate.cloud import serverless, static
from fops.onboarding.generate.handover import policy, runbook, service_file
from fops.onboarding.generate.pipeline import scripts, workflow
from fops.onboarding.model import OnboardingPlan, Target

UV = {
    "name": "uv",
    "path": "uv",
    "context": "uv",
    "package_manager": "uv",
    "files": frozenset({"pyproject.toml", "uv.lock"}),
}
BUN = {"name": "bun", "path": "bun", "context": "bun", "language": "node", "package_manager": "bun", "framework": "hono",
       "runtime_version": "1.2", "files": frozenset({"bun.lock"})}  # fmt: skip
GRADLE = SPRING | {"name": "stock", "path": "stock", "context": "stock", "package_manager": "gradle"}
SEVERAL = (
    a_service(path="apps/api", context="apps/api", release_command="alembic upgrade head"),
    a_service(**GO_API_AND_WORKER | {"path": "jobs", "context": "jobs"}),
    a_service(**NODE_SPA | {"path": "web", "context": "web"}),
    a_service(**SPRING | {"path": "orders", "context": "orders"}),
    *(a_service(**changes) for changes in (UV, BUN, GRADLE)),
)
FUNCTION = a_service(
    name="thumbs",
    start_command="",
    port=None,
    processes=(),
    backing=(),
    files=frozenset({"lambda_function.py"}),
)
PLANS: dict[str, OnboardingPlan] = {
    "kubernetes": a_plan(*SEVERAL),
    "google": a_plan(a_service(image="europe-west1-docker.pkg.dev/acme/shop/api")),
    "ecr": a_plan(a_service(image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/api")),
    "registry": a_plan(a_service(image="registry.example/acme/api")),
    "lambda": a_plan(a_service(release_command="alembic upgrade head"), target=Target.SERVERLESS),
    "zip": a_plan(FUNCTION, target=Target.SERVERLESS),
    "static": a_plan(a_service(**NODE_SPA), target=Target.STATIC),
    "pages": a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True),
}
GENERATORS = (workflow, scripts, serverless, static, runbook, service_file, policy)


@pytest.mark.parametrize("name", PLANS)
def test_the_files_of_a_plan_are_those_that_were_read(name: str, golden: Callable[[str, str], None]):
    for generator in GENERATORS:
        for artifact in generator.artifacts(PLANS[name]):
            if generator is serverless and not artifact.path.startswith(serverless.FOLDER):
                continue  # the image's own files have their golden files beside other images
            golden(f"delivery/{name}/{artifact.path.lstrip('.').replace('/', '--')}", artifact.text)


@pytest.mark.parametrize("name", PLANS)
def test_every_line_rests_on_a_fact_and_every_file_has_a_reason(name: str):
    known = {f"{service.name}:{fact}" for service in PLANS[name].services for fact in service.evidence}
    for generator in GENERATORS:
        for artifact in generator.artifacts(PLANS[name]):
            assert set(artifact.facts) & known
            assert artifact.reason.endswith((".", "!"))
            assert all(set(facts) <= known for facts in artifact.lines.values())
