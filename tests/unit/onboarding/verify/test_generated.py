"""What F-Ops generates passes its own rules, whatever the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories.plans import GO_API_AND_WORKER, NODE_SPA, SPRING, a_plan, a_service
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.model import ExistingDockerfile, OnboardingPlan, Process, Target
from fops.onboarding.verify import verify

WEB = Process(name="web", command="uvicorn app.main:app --port 8000", port=8000)
WORKER = Process(name="worker", command="celery -A app worker")
OWN = ExistingDockerfile(path="Dockerfile", port=8000, user="1000", stages=())
USERS = frozenset(
    {"Dockerfile", "docs/runbook.md", "fops.yaml", "scripts/deploy.sh", ".github/workflows/pipeline.yml"}
)

PLANS = {
    "python": a_plan(),
    "python with a worker": a_plan(a_service(processes=(WEB, WORKER))),
    "python with metrics": a_plan(a_service(metrics_path="/metrics")),
    "no health path": a_plan(a_service(health_path=None)),
    "no port": a_plan(a_service(port=None, health_path=None, processes=(WORKER,))),
    "no variables": a_plan(a_service(env=(), backing=())),
    "go": a_plan(a_service(**GO_API_AND_WORKER)),
    "java": a_plan(a_service(**SPRING)),
    "site on k8s": a_plan(a_service(**NODE_SPA)),
    "site": a_plan(a_service(**NODE_SPA), target=Target.STATIC),
    "site on pages": a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True),
    "serverless python": a_plan(target=Target.SERVERLESS),
    "serverless go": a_plan(a_service(**GO_API_AND_WORKER), target=Target.SERVERLESS),
    "two in folders": a_plan(
        a_service(path="api", context="api"), a_service(**NODE_SPA | {"path": "web", "context": "web"})
    ),
    "one environment": a_plan(environments=("live",)),
    "the user's own Dockerfile": a_plan(a_service(dockerfile=OWN), existing=frozenset({"Dockerfile"})),
    "the user's own files": a_plan(existing=USERS),
}  # fmt: skip


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_generated_files_have_no_findings(plan: OnboardingPlan) -> None:
    checks = verify(plan, generate(plan), tools=False)
    assert [check for check in checks if check.status == "findings"] == []


@pytest.mark.parametrize("user", [None, "root", "app"])
def test_a_dockerfile_whose_user_kubernetes_cannot_check_is_told(user: str | None) -> None:
    plan = a_plan(a_service(dockerfile=replace(OWN, user=user)), existing=frozenset({"Dockerfile"}))
    told = [check for check in verify(plan, generate(plan), tools=False) if check.status == "findings"]
    assert {check.check for check in told} == {"pod-security"}
    assert "may run as root" in told[0].detail
