from __future__ import annotations

import pytest
from tests.factories.plans import GO_API_AND_WORKER, NODE_SPA, a_plan, a_service

from fops.onboarding.generate.artifacts import generate
from fops.onboarding.model import Target

PLANS = {
    "k8s": a_plan(
        a_service(path="api", context="api"),
        a_service(**GO_API_AND_WORKER | {"path": "jobs", "context": "jobs"}),
    ),
    "serverless": a_plan(target=Target.SERVERLESS),
    "static": a_plan(a_service(**NODE_SPA), target=Target.STATIC),
    "pages": a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_same_plan_gives_the_same_files_in_the_order_of_their_paths(name: str):
    first, second = generate(PLANS[name]), generate(PLANS[name])

    assert first == second
    assert [artifact.path for artifact in first] == sorted({artifact.path for artifact in first})


@pytest.mark.parametrize("name", PLANS)
def test_every_target_gets_pipeline_runbook_service_file_and_policies(name: str):
    paths = {artifact.path for artifact in generate(PLANS[name])}

    assert {
        ".github/workflows/pipeline.yml",
        "docs/runbook.md",
        "fops.yaml",
        ".fops/policy/approval.rego",
    } <= paths


def test_a_file_the_user_wrote_stays_and_ours_stands_beside_it():
    plan = a_plan(existing=frozenset({"docs/runbook.md", "fops.yaml"}))
    made = {artifact.path: artifact for artifact in generate(plan)}

    assert "docs/runbook.md" not in made
    proposed = made[".fops/proposed/docs/runbook.md"]
    assert proposed.beside == "docs/runbook.md"
    assert "yours and stays as it is" in proposed.reason


@pytest.mark.parametrize("name", PLANS)
def test_only_the_script_may_be_executed(name: str):
    executable = [artifact.path for artifact in generate(PLANS[name]) if artifact.executable]

    assert executable == ([] if name == "pages" else ["scripts/deploy.sh"])
