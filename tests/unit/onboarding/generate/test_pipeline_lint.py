"""What the templates give for many plans, judged by the real tools: no finding in any."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.factories.plans import GO_API_AND_WORKER, NODE_SPA, SPRING, a_plan, a_service, a_source

from fops.kernel.formats import load_yaml
from fops.onboarding.generate.cloud import serverless, static
from fops.onboarding.generate.pipeline import scripts, workflow
from fops.onboarding.generate.pipeline.pins import find_pin, unknown_inputs
from fops.onboarding.model import EnvVariable, OnboardingPlan, Process, Target

HOSTILE = "a\"; rm -rf / #$(id)`id` ${{ github.token }} '\n&& x"
TOOLS = Path(sys.prefix) / "bin"

MANAGERS: dict[str, dict[str, Any]] = {
    "pip": {"files": frozenset({"requirements.txt", "requirements-dev.txt"})},
    "pip-nothing": {"package_manager": "pip", "files": frozenset()},
    "uv": {"package_manager": "uv", "files": frozenset({"pyproject.toml", "uv.lock"})},
    "uv-unlocked": {"package_manager": "uv", "files": frozenset({"pyproject.toml"})},
    "uv-requirements": {"package_manager": "uv", "files": frozenset({"requirements.txt"})},
    "poetry": {"package_manager": "poetry", "files": frozenset({"pyproject.toml", "poetry.lock"})},
    "pipenv": {"package_manager": "pipenv", "files": frozenset({"Pipfile"})},
    "pdm": {"package_manager": "pdm", "files": frozenset({"pyproject.toml", "pdm.lock"})},
    "conda": {"package_manager": "conda", "install_command": "conda env update --file environment.yml"},
    "pixi": {"package_manager": "pixi", "files": frozenset({"pixi.toml", "pixi.lock"})},
    "npm": {"language": "node", "package_manager": "npm", "files": frozenset({"package.json"}), "framework": "express"},
    "pnpm": {"language": "node", "package_manager": "pnpm", "files": frozenset({"pnpm-lock.yaml"}), "framework": "hono"},
    "yarn": {"language": "node", "package_manager": "yarn", "files": frozenset({"yarn.lock"}), "framework": "koa"},
    "berry": {
        "language": "node",
        "package_manager": "yarn",
        "files": frozenset({"yarn.lock", ".yarnrc.yml"}),
        "framework": "nestjs",
    },
    "bun": {"language": "node", "package_manager": "bun", "files": frozenset({"bun.lock"}), "framework": "elysia"},
    "go": GO_API_AND_WORKER,
    "maven": SPRING,
    "gradle": SPRING | {"package_manager": "gradle", "build_command": "./gradlew build", "files": frozenset({"gradlew"})},
    "spa": NODE_SPA,
    "files": NODE_SPA | {"language": "static", "package_manager": "", "framework": None, "build_command": "",
                         "test_command": "", "lint_command": "", "output_folder": ".", "files": frozenset()},
    "all-backing": {"backing": ("postgres", "mysql", "redis", "mongodb", "rabbitmq", "memcached", "elasticsearch",
                                "kafka", "mssql", "unheard-of")},
    "hostile": {
        "path": 'my "apps"',
        "context": 'my "apps"',
        "test_command": HOSTILE,
        "lint_command": HOSTILE,
        "build_command": HOSTILE,
        "install_command": HOSTILE,
        "start_command": HOSTILE,
        "runtime_version": HOSTILE,
        "health_path": "/a\"b'c${{ x }}",
        "processes": (Process(name="web", command=HOSTILE, port=8000), Process(name="w", command=HOSTILE)),
        "env": (EnvVariable(name=HOSTILE, default=HOSTILE), EnvVariable(name="OK", default=HOSTILE),
                EnvVariable(name=HOSTILE, secret=True), EnvVariable(name="DATABASE_&_URL", secret=True)),
    },
}  # fmt: skip
IMAGES = ("europe-west1-docker.pkg.dev/acme/shop/api", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api",
          "registry.example:5000/acme/api", "acme/api", "ghcr.io/acme/api")  # fmt: skip


def plans() -> Iterator[tuple[str, OnboardingPlan]]:
    for name, changes in MANAGERS.items():
        service = a_service(**changes)
        yield f"k8s-{name}", a_plan(service)
        yield f"serverless-{name}", a_plan(service, target=Target.SERVERLESS)
        if service.static:
            yield f"static-{name}", a_plan(service, target=Target.STATIC)
            yield f"pages-{name}", a_plan(service, target=Target.STATIC, pages=True)
    for number, image in enumerate(IMAGES):
        yield f"image-{number}", a_plan(a_service(image=image))
    function = a_service(start_command="", port=None, processes=(), files=frozenset({"lambda_function.py"}))
    yield "zip", a_plan(function, target=Target.SERVERLESS)
    several = (
        a_service(name="0-api", path="apps/api", context="."),
        a_service(**GO_API_AND_WORKER | {"path": "jobs", "context": "jobs"}),
        a_service(**NODE_SPA | {"path": "web", "context": "web"}),
    )
    for target in (Target.K8S, Target.SERVERLESS):
        yield (
            f"several-{target.value}",
            a_plan(
                *several,
                target=target,
                environments=("dev", "qa-1", "production"),
                source=a_source(default_branch='we"ird${{ x }}', owner=None),
            ),
        )


PLANS = dict(plans())
GENERATORS = (workflow, scripts, serverless, static)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("plans")
    for name, plan in PLANS.items():
        for artifact in (artifact for generator in GENERATORS for artifact in generator.artifacts(plan)):
            path = top / name / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.text, encoding="utf-8")
    return top


def said_by(tool: str, *arguments: str, over: list[Path]) -> str:
    program = TOOLS / tool
    if not program.exists():
        pytest.skip(f"{tool} is not installed: it comes with the verify extra")
    environment = {"PATH": f"{TOOLS}:/usr/bin:/bin", "HOME": str(over[0].parent)}
    done = subprocess.run(
        [program, *arguments, *map(str, over)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=300,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.verify
def test_actionlint_finds_nothing_in_any_pipeline(written: Path):
    assert said_by("actionlint", over=sorted(written.glob("*/.github/workflows/*.yml"))) == ""


@pytest.mark.verify
def test_zizmor_finds_nothing_in_any_pipeline(written: Path):
    assert (
        said_by(
            "zizmor", "--offline", "--no-progress", over=sorted(written.glob("*/.github/workflows/*.yml"))
        )
        == ""
    )


@pytest.mark.verify
def test_the_workflow_schema_accepts_every_pipeline(written: Path):
    files = sorted(written.glob("*/.github/workflows/*.yml"))
    assert said_by("check-jsonschema", "--builtin-schema", "vendor.github-workflows", over=files) == ""


@pytest.mark.verify
def test_shellcheck_finds_nothing_in_any_deploy_script(written: Path):
    assert said_by("shellcheck", over=sorted(written.glob("*/scripts/deploy.sh"))) == ""


@pytest.mark.verify
def test_cfn_lint_finds_nothing_in_any_template(written: Path):
    assert (
        said_by("cfn-lint", "--format", "json", over=sorted(written.glob("*/deploy/*/template.yaml"))) == ""
    )


@pytest.mark.verify
def test_hadolint_finds_nothing_in_the_image_that_adds_the_adapter(written: Path):
    assert said_by("hadolint", over=sorted(written.glob("*/deploy/serverless/Dockerfile"))) == ""


def steps(plan: OnboardingPlan) -> Iterator[Mapping[str, Any]]:
    (pipeline,) = workflow.artifacts(plan)
    for job in load_yaml(pipeline.text)["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("name", PLANS)
def test_every_action_is_pinned_from_the_table_with_inputs_it_takes(name: str):
    for step in steps(PLANS[name]):
        if "uses" in step:
            action, _, sha = step["uses"].partition("@")
            assert sha == find_pin(action).sha
            assert unknown_inputs(action, step.get("with", {})) == ()
            assert find_pin(action).using != "node20", "GitHub took that runtime away"


@pytest.mark.parametrize("name", PLANS)
def test_no_command_of_a_repository_becomes_an_expression(name: str):
    for step in steps(PLANS[name]):
        assert "${{ github.token }}" not in step.get("run", "").replace("${{ '${{' }}", "")


@pytest.mark.parametrize("name", PLANS)
def test_every_job_has_its_own_least_rights_and_an_end(name: str):
    (pipeline,) = workflow.artifacts(PLANS[name])
    document = load_yaml(pipeline.text)

    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 45
        assert "write-all" not in json.dumps(job["permissions"])


@pytest.mark.parametrize("name", PLANS)
def test_parameters_fit_their_template_and_are_json(name: str):
    made = {
        artifact.path: artifact.text
        for generator in (serverless, static)
        for artifact in generator.artifacts(PLANS[name])
    }
    for path, text in made.items():
        if path.endswith(".json"):
            template = load_yaml(made[f"{path.partition('/parameters/')[0]}/template.yaml"])
            assert set(json.loads(text)["Parameters"]) <= set(template["Parameters"])
