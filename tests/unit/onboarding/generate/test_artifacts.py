from __future__ import annotations

import re
from dataclasses import replace

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


BARRED = {
    "scripts": (PLANS["k8s"], "scripts", "scripts/deploy.sh"),
    "docs": (PLANS["serverless"], "docs", "docs/runbook.md"),
    "deploy": (PLANS["k8s"], "deploy", "deploy/k8s/base/kustomization.yaml"),
    "deploy of functions": (PLANS["serverless"], "deploy", "deploy/serverless/template.yaml"),
    "deploy of a site": (PLANS["static"], "deploy", "deploy/static/template.yaml"),
    "deeper": (PLANS["k8s"], "deploy/k8s", "deploy/k8s/base/kustomization.yaml"),
}


@pytest.mark.parametrize("name", BARRED)
def test_what_a_link_bars_stands_aside_and_every_reference_follows(name: str):
    plan, barred_by, path = BARRED[name]
    made = {artifact.path: artifact for artifact in generate(replace(plan, existing=frozenset({barred_by})))}
    moved = [one for one in made if one.startswith(f".fops/proposed/{barred_by}/")]
    text = "\n".join(artifact.text for artifact in made.values())

    assert f".fops/proposed/{path}" in moved
    assert not any(one.startswith(f"{barred_by}/") for one in made)
    assert f"because {barred_by} is yours" in made[f".fops/proposed/{path}"].reason
    for one in moved:
        old = re.escape(one.removeprefix(".fops/proposed/"))
        assert not re.search(rf"(?<![\w./-]){old}", text), old


def test_a_deploy_script_that_stands_aside_still_works_from_the_repositorys_top():
    made = {artifact.path: artifact for artifact in generate(a_plan(existing=frozenset({"scripts"})))}
    script = made[".fops/proposed/scripts/deploy.sh"]

    assert script.executable
    assert 'cd "$(dirname "$0")/../../.."' in script.text
    assert "run: .fops/proposed/scripts/deploy.sh connect" in made[".github/workflows/pipeline.yml"].text


def test_a_command_of_the_repository_that_reads_like_a_path_of_ours_stays_its_own():
    plan = a_plan(a_service(test_command="sh scripts/deploy.sh"), existing=frozenset({"scripts"}))
    pipeline = next(one.text for one in generate(plan) if one.path.endswith("pipeline.yml"))

    assert "run: sh scripts/deploy.sh\n" in pipeline


@pytest.mark.parametrize("existing", ["api/Dockerfile", "api/Dockerfile/prod"])
def test_an_image_is_built_from_our_dockerfile_where_a_link_or_a_folder_has_its_name(existing: str):
    made = {
        artifact.path: artifact
        for artifact in generate(replace(PLANS["k8s"], existing=frozenset({existing})))
    }

    assert "api/fops.Dockerfile" in made
    assert "file: api/fops.Dockerfile" in made[".github/workflows/pipeline.yml"].text
    assert "--file api/fops.Dockerfile" in made["scripts/deploy.sh"].text
    assert "dockerfile: fops.Dockerfile" in made["compose.yaml"].text


def test_the_code_of_a_function_is_found_from_a_template_that_stands_aside():
    function = a_service(
        path="fn", context="fn", start_command="", processes=(), files=frozenset({"lambda_function.py"})
    )
    plan = a_plan(function, target=Target.SERVERLESS, existing=frozenset({"deploy"}))
    made = {artifact.path: artifact.text for artifact in generate(plan)}

    assert 'CodeUri: "../../../../fn"' in made[".fops/proposed/deploy/serverless/template.yaml"]
