from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import regorus
from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.catalog import Protection, parse
from fops.kernel.formats import load_yaml
from fops.onboarding.generate import kubernetes
from fops.onboarding.generate.cloud import serverless, static
from fops.onboarding.generate.handover import policy, runbook, service_file
from fops.onboarding.generate.pipeline import workflow
from fops.onboarding.generate.pull_request import by_hand
from fops.onboarding.model import EnvVariable, OnboardingPlan, Process, Target

PLANS = {
    "k8s": a_plan(),
    "google": a_plan(a_service(image="eu.gcr.io/acme/shop")),
    "registry": a_plan(a_service(image="registry.example/acme/shop")),
    "serverless": a_plan(a_service(), target=Target.SERVERLESS),
    "static": a_plan(a_service(**NODE_SPA), target=Target.STATIC),
    "pages": a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True),
}


def the(generator: Any, plan: OnboardingPlan) -> str:
    (artifact,) = generator.artifacts(plan)
    return artifact.text


@pytest.mark.parametrize("name", PLANS)
def test_every_setting_the_pipeline_reads_is_in_the_runbook(name: str):
    read = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", the(workflow, PLANS[name])))

    assert all(f"`{setting}`" in the(runbook, PLANS[name]) for setting in read)


@pytest.mark.parametrize("name", PLANS)
def test_the_service_file_reads_back_as_the_plan(name: str):
    plan = PLANS[name]
    file = parse(the(service_file, plan))

    assert [service.name for service in file.services] == [service.name for service in plan.services]
    assert [environment.name for environment in file.environments] == list(plan.environments)
    assert file.environment(plan.production).protection is Protection.APPROVAL


def test_the_service_file_keeps_odd_commands_and_names_of_secrets():
    odd = "sh -c \"a: b\" # 'x' \\ {{ y }}"
    service = a_service(
        processes=(Process(name="Web_1", command=odd, port=8000), Process(name="worker", command="- x")),
        env=(EnvVariable(name="no", secret=True), EnvVariable(name="1.5", secret=True)),
    )
    read = parse(the(service_file, a_plan(service))).service("shop-api")

    assert [process.command for process in read.processes] == [odd, "- x"]
    assert read.secrets == ("no", "1.5")


def test_the_runbook_lists_secrets_workers_and_what_has_no_value_yet():
    worker = Process(name="worker", command="celery worker")
    text = the(runbook, a_plan(a_service(processes=(worker,)), target=Target.SERVERLESS))

    assert "`DATABASE_URL`" in text
    assert "`worker`" in text
    assert "`ShopApiRedisUrl`" in text


@pytest.mark.parametrize("name", ["serverless", "static", "pages"])
def test_what_no_job_runs_before_a_release_is_for_people(name: str):
    plan = PLANS[name]
    plan = replace(plan, services=(replace(plan.services[0], release_command="alembic upgrade head"),))

    assert "before each deployment, since nothing here runs it: `alembic upgrade head`" in the(runbook, plan)
    assert any(line.endswith("before each deployment: alembic upgrade head") for line in by_hand(plan))


def test_what_a_job_runs_before_a_release_is_explained():
    plan = a_plan(a_service(release_command="alembic upgrade head"))

    assert "the Job `shop-api-release` runs `alembic upgrade head` once" in the(runbook, plan)
    assert not any("alembic" in line for line in by_hand(plan))


def test_what_a_repository_is_called_does_not_become_markup():
    text = the(runbook, a_plan(a_service(framework="<img src=x>|[a](b)", path="a`b|c")))

    assert "<img" not in text.replace("\\<", "")
    assert "\\|\\[a\\]" in text


def test_a_policy_says_in_its_header_what_it_reads_and_what_passes_and_fails():
    for plan in PLANS.values():
        for artifact in policy.artifacts(plan):
            header = artifact.text.partition("package ")[0]
            assert all(line.startswith("#") for line in header.strip().splitlines())
            assert all(word in header for word in ("Input:", "Result:", "Pass:", "Fail:"))
            assert "import rego.v1" in artifact.text


def judged(plan: OnboardingPlan, name: str, package: str, document: Any) -> list[str]:
    text = next(
        artifact.text for artifact in policy.artifacts(plan) if artifact.path.endswith(f"{name}.rego")
    )
    engine = regorus.Engine()
    engine.add_policy(name, text)
    engine.set_input(document)
    return json.loads(engine.eval_rule_as_json(f"data.{package}.deny"))


def test_what_we_generate_passes_the_policies_we_generate():
    template = load_yaml(next(iter(serverless.artifacts(PLANS["serverless"]))).text)
    site = load_yaml(next(iter(static.artifacts(PLANS["static"]))).text)

    assert judged(PLANS["serverless"], "roles", "fops.cloudformation.roles", template) == []
    assert judged(PLANS["static"], "buckets", "fops.cloudformation.buckets", site) == []


def test_every_workload_we_generate_passes_the_policy_on_pods_and_a_privileged_one_does_not():
    web = Process(name="web", command="uvicorn app.main:app", port=8000)
    worker = Process(name="worker", command="celery worker")
    plan = a_plan(a_service(processes=(web, worker)))
    workloads = [
        load_yaml(artifact.text)
        for artifact in kubernetes.artifacts(plan)
        if "/base/" in artifact.path and "kind: Deployment" in artifact.text
    ]

    assert len(workloads) == 2
    assert [judged(plan, "pods", "fops.kubernetes.pods", workload) for workload in workloads] == [[], []]
    workloads[0]["spec"]["template"]["spec"]["containers"][0]["securityContext"]["privileged"] = True
    assert len(judged(plan, "pods", "fops.kubernetes.pods", workloads[0])) == 1


def test_production_needs_the_approval_of_somebody_else():
    alone = {"environment": "prod", "actor": "local:ada", "approvals": [{"actor": "local:ada"}]}
    together = {**alone, "approvals": [{"actor": "local:grace"}]}
    package = "fops.deployment.approval"

    assert len(judged(PLANS["k8s"], "approval", package, alone)) == 1
    assert judged(PLANS["k8s"], "approval", package, together) == []
    assert judged(PLANS["k8s"], "approval", package, {**alone, "environment": "staging"}) == []


@pytest.mark.parametrize(
    ("image", "count"),
    [("a/b:1", 0), ("r:5000/a/b@sha256:0", 0), ("r:5000/a/b", 1), ("a/b:latest", 1), ("a/b", 1)],
)
def test_an_image_without_a_fixed_tag_is_named(image: str, count: int):
    pod = {"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": image}]}}

    assert len(judged(PLANS["k8s"], "images", "fops.kubernetes.images", pod)) == count
