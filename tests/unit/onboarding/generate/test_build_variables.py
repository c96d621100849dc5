"""What the build writes into pages reaches the build everywhere, and the running container nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories.plans import a_plan
from factories.services import SERVICES, own
from fops.kernel.formats import load_yaml
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.model import EnvVariable, Target

SITE = SERVICES["built with variables"]
API = "${{ vars.VITE_API_URL && format('VITE_API_URL={0}', vars.VITE_API_URL) }}"


def files(service=SITE, **changes):
    return {item.path: item.text for item in generate(a_plan(service, **changes))}


def steps(made, job="build-web"):
    return load_yaml(made[".github/workflows/pipeline.yml"], name="pipeline")["jobs"][job]["steps"]


def test_the_image_takes_them_as_arguments_of_its_build_stage_alone():
    build, run = files()["Dockerfile"].split("\nFROM ")
    assert "ARG VITE_API_URL=https://api.acme.example\nARG VITE_TITLE\nRUN npm run build" in build
    assert "VITE_" not in run


def test_a_developer_s_own_address_is_a_default_for_compose_alone():
    home = EnvVariable(name="VITE_API_URL", default="http://localhost:3000", built=True)
    made = files(replace(SITE, env=(home,)))
    assert "ARG VITE_API_URL\n" in made["Dockerfile"]
    assert "${VITE_API_URL:-http://localhost:3000}" in made["compose.yaml"]


def test_compose_passes_them_from_the_developer_s_environment():
    build = load_yaml(files()["compose.yaml"], name="compose")["services"]["web"]["build"]
    assert build["args"] == {
        "VITE_API_URL": "${VITE_API_URL:-https://api.acme.example}",
        "VITE_TITLE": None,
    }


@pytest.mark.parametrize("target", [Target.K8S, Target.SERVERLESS])
def test_the_pipeline_passes_those_that_are_set(target):
    given = [
        step["with"]["build-args"]
        for step in steps(files(target=target))
        if "build-args" in step.get("with", {})
    ]
    assert given
    assert all(text.splitlines()[0] == API for text in given)


@pytest.mark.parametrize("target", [Target.K8S, Target.SERVERLESS])
def test_the_deploy_script_passes_those_that_are_set(target):
    assert "--build-arg VITE_API_URL --build-arg VITE_TITLE" in files(target=target)["scripts/deploy.sh"]


def test_a_build_of_files_has_them_in_its_environment():
    build = next(step for step in steps(files(target=Target.STATIC)) if step.get("name") == "Build")
    assert build["env"] == {
        "VITE_API_URL": "${{ vars.VITE_API_URL || 'https://api.acme.example' }}",
        "VITE_TITLE": "${{ vars.VITE_TITLE }}",
    }


@pytest.mark.parametrize("target", list(Target))
def test_nothing_that_runs_has_them_and_the_runbook_says_who_sets_them(target):
    made = files(target=target)
    assert not [path for path, text in made.items() if path.startswith("deploy/") and "VITE_" in text]
    assert "| `VITE_TITLE` | variable | what the build writes into pages" in made["docs/runbook.md"]
    assert "one value for every environment" in made["docs/runbook.md"]


def test_a_person_s_own_image_gets_the_arguments_that_it_names():
    theirs = own("10001", env=SITE.env)
    named = replace(theirs, dockerfile=replace(theirs.dockerfile, arguments=frozenset({"VITE_TITLE"})))
    made = files(named)
    assert "vars.VITE_TITLE" in made[".github/workflows/pipeline.yml"]
    assert "VITE_API_URL" not in made[".github/workflows/pipeline.yml"]
