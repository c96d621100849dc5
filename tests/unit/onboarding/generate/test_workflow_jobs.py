from __future__ import annotations

from typing import Any

import pytest
from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.kernel.formats import load_yaml
from fops.onboarding.generate.pipeline import workflow
from fops.onboarding.generate.pipeline.workflow import registry_of
from fops.onboarding.model import EnvVariable, ExistingDockerfile, OnboardingPlan, Target


def document(plan: OnboardingPlan) -> dict[str, Any]:
    (artifact,) = workflow.artifacts(plan)
    return load_yaml(artifact.text)


def jobs(plan: OnboardingPlan) -> dict[str, Any]:
    return document(plan)["jobs"]


def test_a_push_to_the_default_branch_and_every_pull_request_start_it():
    started = document(a_plan())["on"]

    assert started == {"push": {"branches": ["main"]}, "pull_request": None, "workflow_dispatch": None}


def test_environments_are_deployed_one_after_the_other():
    made = jobs(a_plan(environments=("dev", "staging", "prod")))

    assert made["deploy-dev"]["needs"] == ["build-shop-api"]
    assert made["deploy-staging"]["needs"] == ["deploy-dev"]
    assert made["deploy-prod"]["needs"] == ["deploy-staging"]
    assert made["deploy-prod"]["environment"] == "prod"


def test_nothing_is_built_before_it_passed_its_checks():
    assert jobs(a_plan())["build-shop-api"]["needs"] == ["audit", "lint-shop-api", "test-shop-api"]


def test_a_service_without_tests_gets_no_empty_job():
    made = jobs(a_plan(a_service(test_command="", lint_command="")))

    assert set(made) == {"audit", "build-shop-api", "deploy-staging", "deploy-prod"}


def test_only_the_default_branch_publishes_and_deploys():
    made = jobs(a_plan())

    publishing = [step for step in made["build-shop-api"]["steps"] if step.get("with", {}).get("push")]
    assert publishing
    assert all(step["if"] == str(workflow.RELEASED) for step in publishing)
    assert made["deploy-staging"]["if"] == str(workflow.RELEASED)


def test_what_is_published_was_scanned_before():
    steps = [step["name"] for step in jobs(a_plan())["build-shop-api"]["steps"]]

    assert steps.index("Scan the image") < next(
        n for n, name in enumerate(steps) if name.startswith("Publish")
    )


def test_tests_find_their_backing_services_on_this_machine():
    service = a_service(
        backing=("postgres", "rabbitmq"),
        env=(
            EnvVariable(name="DATABASE_URL", secret=True),
            EnvVariable(name="AMQP_URL"),
            EnvVariable(name="OTHER"),
        ),
    )
    test = jobs(a_plan(service))["test-shop-api"]

    assert set(test["services"]) == {"postgres", "rabbitmq"}
    assert test["services"]["postgres"]["image"].startswith("postgres:")
    assert test["env"]["DATABASE_URL"] == "postgresql://app:Test-${{ github.run_id }}@localhost:5432/app"
    assert test["env"]["AMQP_URL"].endswith("@localhost:5672/")
    assert "OTHER" not in test["env"]


def test_the_users_own_dockerfile_is_the_one_that_is_built():
    theirs = ExistingDockerfile(path="docker/web.Dockerfile", port=8000, user="app", stages=("python:3.13",))
    build = jobs(a_plan(a_service(dockerfile=theirs)))["build-shop-api"]

    assert {step["with"]["file"] for step in build["steps"] if "file" in step.get("with", {})} == {
        "docker/web.Dockerfile"
    }


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("ghcr.io/acme/shop", "ghcr"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop", "ecr"),
        ("europe-west1-docker.pkg.dev/acme/shop/api", "google"),
        ("eu.gcr.io/acme/shop", "google"),
        ("registry.example:5000/shop", "other"),
        ("acme/shop", "other"),
        ("evil-gcr.io.example/shop", "other"),
    ],
)
def test_a_registry_is_known_by_its_host(image: str, kind: str):
    assert registry_of(image).kind == kind


def test_docker_hub_is_the_registry_of_an_image_without_host():
    assert registry_of("acme/shop").host == "docker.io"


def test_pages_publishes_what_the_build_kept_and_has_no_script():
    made = jobs(a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True))

    assert made["deploy-prod"]["environment"]["name"] == "github-pages"
    assert made["deploy-prod"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert "deploy-staging" not in made


def test_a_site_is_built_once_and_the_same_files_go_to_every_environment():
    made = jobs(a_plan(a_service(**NODE_SPA), target=Target.STATIC))

    for environment in ("staging", "prod"):
        fetched = next(step for step in made[f"deploy-{environment}"]["steps"] if "Fetch" in step["name"])
        assert fetched["with"] == {"name": "files-web", "path": "dist"}


def test_a_deploy_script_of_the_repositorys_own_is_not_called_as_ours():
    (artifact,) = workflow.artifacts(a_plan(existing=frozenset({"scripts/deploy.sh"})))

    assert "scripts/fops-deploy.sh apply staging" in artifact.text
    assert "scripts/deploy.sh" not in artifact.text
