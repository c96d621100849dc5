"""What F-Ops generates passes every tool of the `verify` extra; 60 real applications follow in the evaluation."""

from __future__ import annotations

from typing import Any

import pytest

from factories.plans import GO_API_AND_WORKER, NODE_SPA, SPRING, a_fact, a_plan, a_service
from factories.services import SERVICES
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.model import OnboardingPlan, Target
from fops.onboarding.verify import verify

pytestmark = pytest.mark.verify

# What other readers take for numbers, dates, truth or syntax; and the longest.
NAMES = ("2048", "0x10", "2024-01-01", "on", "null", "1e3", "esac", "n" * 50)


def named(target: Target, **service: Any) -> OnboardingPlan:
    services = [
        a_service(**service | {"name": name, "path": f"s{index}", "context": f"s{index}"})
        for index, name in enumerate(NAMES)
    ]
    return a_plan(*services, target=target, environments=("0", "esac", "true", "2024-01-02", "e" * 63))


PLANS = {
    "names on k8s": named(Target.K8S, **GO_API_AND_WORKER),
    "names serverless": named(Target.SERVERLESS),
    "names of sites": named(Target.STATIC, **NODE_SPA),
    "python": a_plan(),
    "python with a server of custom": a_plan(
        a_service(
            files=frozenset({"requirements/base.txt"}),
            install_command="pip install -r requirements/base.txt",
            evidence={
                name: a_fact(name, value, rule="python.start.uvicorn")
                for name, value in (("server_package", "uvicorn"), ("start_command", "uvicorn main:app"))
            },
        )
    ),
    "go": a_plan(a_service(**GO_API_AND_WORKER)),
    "java": a_plan(a_service(**SPRING)),
    "data on a volume": a_plan(SERVICES["data on a volume"]),
    "data beside the program": a_plan(SERVICES["data beside the program"]),
    "built with variables": a_plan(SERVICES["built with variables"]),
    "site built with variables": a_plan(SERVICES["built with variables"], target=Target.STATIC),
    "function built with variables": a_plan(SERVICES["built with variables"], target=Target.SERVERLESS),
    "before a release": a_plan(
        a_service(release_command="python manage.py migrate", start_command="python app.py", processes=()),
        a_service(**GO_API_AND_WORKER | {"release_command": 'sh -c "bin/migrate || exit 1" # up', "path": "jobs", "context": "jobs"}),
    ),
    "before a release by hand": a_plan(a_service(release_command="alembic upgrade head"), target=Target.SERVERLESS),
    "site on k8s": a_plan(a_service(**NODE_SPA)),
    "site": a_plan(a_service(**NODE_SPA), target=Target.STATIC),
    "serverless": a_plan(target=Target.SERVERLESS),
    "barred by links": a_plan(existing=frozenset({"scripts", "docs", "deploy", "Dockerfile"})),
    "barred functions": a_plan(target=Target.SERVERLESS, existing=frozenset({"scripts", "docs", "deploy"})),
    "barred site": a_plan(a_service(**NODE_SPA), target=Target.STATIC, existing=frozenset({"scripts", "deploy"})),
    "beside the user's": a_plan(existing=frozenset({".github/workflows/pipeline.yml", "Dockerfile", "scripts/deploy.sh"})),
}  # fmt: skip


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_generated_files_pass_every_tool(plan: OnboardingPlan) -> None:
    checks = verify(plan, generate(plan))
    assert [check for check in checks if check.status == "findings"] == []
    assert not [
        check for check in checks if check.status == "could-not-run" and "fops[verify]" not in check.detail
    ]
