"""The deploy script run for real, with small programs in place of kubectl, docker, aws and curl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.onboarding.generate.cloud import serverless
from fops.onboarding.generate.pipeline import scripts
from fops.onboarding.model import OnboardingPlan, Target

RECORD = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'
KUBECTL = (
    RECORD
    + """case "$*" in
  kustomize*) cat "$2/kustomization.yaml" ;;
  get*) echo "shop-staging shop-api" ;;
  *"rollout status"*) exit "${UNHEALTHY:-0}" ;;
  diff*) exit 1 ;;
esac
"""
)
AWS = (
    RECORD
    + """case "$*" in
  *describe-stacks*"'version'"*) echo 1111111 ;;
  *describe-stacks*version-before*) echo "${BEFORE:-None}" ;;
  *describe-stacks*) echo https://example.invalid ;;
  *notes/live\\ -*) echo 1111111 ;;
  *notes/before\\ -*) echo 0000000 ;;
  *get-caller-identity*) echo 123456789012 ;;
  *get-login-password*) echo token ;;
esac
"""
)
DOCKER = RECORD + 'case "$1" in login) cat > /dev/null ;; esac\n'
CURL = RECORD + 'printf "%s" "${ANSWERS:-200}"\n'


needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed; the script needs it")


class Run:
    def __init__(self, done: subprocess.CompletedProcess[str], calls: list[str]) -> None:
        self.code, self.out, self.calls = done.returncode, done.stdout + done.stderr, calls

    def called(self, start: str) -> list[str]:
        return [call for call in self.calls if call.startswith(start)]


class Checkout:
    """A repository with the script, and a PATH that begins with the small programs."""

    def __init__(self, top: Path, plan: OnboardingPlan) -> None:
        self.top, self.programs, self.log = top / "checkout", top / "bin", top / "log"
        for artifact in (*scripts.artifacts(plan), *serverless.artifacts(plan)):
            path = self.top / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.text)
            path.chmod(0o755 if artifact.executable else 0o644)
        first = plan.environments[0]
        (self.top / "deploy/k8s/overlays" / first).mkdir(parents=True)
        (self.top / "deploy/static/parameters").mkdir(parents=True)
        (self.top / f"deploy/static/parameters/{first}.json").write_text(
            json.dumps({"Parameters": {"Environment": first}})
        )
        self.programs.mkdir()
        for name, text in {"kubectl": KUBECTL, "aws": AWS, "curl": CURL, "docker": DOCKER, "sam": RECORD,
                           "sleep": "#!/bin/sh\n"}.items():  # fmt: skip
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> Run:
        path = f"{self.programs}:{os.environ['PATH']}"
        given = {"VERSION": "2222222", "AWS_REGION": "eu-west-1"} | environment
        done = subprocess.run(
            ["scripts/deploy.sh", *arguments],
            cwd=self.top,
            env={"PATH": path, "LOG": str(self.log), "HOME": str(self.top)} | given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        calls = self.log.read_text().splitlines() if self.log.exists() else []
        return Run(done, calls)


@pytest.fixture
def kubernetes(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, a_plan())


@pytest.fixture
def function(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, a_plan(a_service(), target=Target.SERVERLESS))


@pytest.fixture
def site(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, a_plan(a_service(**NODE_SPA), target=Target.STATIC))


@pytest.mark.parametrize("arguments", [(), ("fly",), ("apply",), ("apply", "moon"), ("--dry-run",)])
def test_what_it_does_not_know_ends_with_its_usage(kubernetes: Checkout, arguments: tuple[str, ...]):
    run = kubernetes.run(*arguments)

    assert run.code == 2
    assert "usage: scripts/deploy.sh" in run.out
    assert run.calls == []


@pytest.mark.parametrize("version", ["latest", "a b", '";id', "-x"])
def test_a_version_that_is_none_is_refused(kubernetes: Checkout, version: str):
    run = kubernetes.run("build", VERSION=version)

    assert run.code == 1
    assert "is no version" in run.out
    assert run.calls == []


def test_a_healthy_version_is_applied_under_its_own_tag(kubernetes: Checkout):
    run = kubernetes.run("apply", "staging")

    assert run.code == 0
    assert run.called("kubectl apply")
    assert run.called("kubectl --namespace shop-staging rollout status deployment/shop-api")
    assert not run.called("kubectl --namespace shop-staging rollout undo")
    assert list((kubernetes.top / "deploy/k8s/overlays").iterdir()) == [
        kubernetes.top / "deploy/k8s/overlays/staging"
    ]


def test_a_version_that_does_not_become_healthy_is_undone(kubernetes: Checkout):
    run = kubernetes.run("apply", "staging", UNHEALTHY="1")

    assert run.code == 1
    assert run.called("kubectl --namespace shop-staging rollout undo deployment/shop-api")


def test_a_dry_run_compares_and_changes_nothing(kubernetes: Checkout):
    run = kubernetes.run("--dry-run", "release", "staging")

    assert run.code == 0
    assert "+ docker build" in run.out
    assert {call.split()[1] for call in run.calls} <= {"kustomize", "diff"}


@needs_jq
def test_a_stack_gets_the_version_the_registry_and_the_environments_parameters(function: Checkout):
    run = function.run("apply", "staging")

    (deploy,) = run.called("aws cloudformation deploy")
    assert run.code == 0
    assert "--stack-name shop-api-staging" in deploy
    assert "Environment=staging" in deploy
    assert "Registry=123456789012.dkr.ecr.eu-west-1.amazonaws.com" in deploy
    assert "Version=2222222 --tags version=2222222 version-before=1111111" in deploy


@needs_jq
def test_a_stack_that_does_not_answer_gets_the_version_before(function: Checkout):
    run = function.run("apply", "staging", ANSWERS="502")

    assert run.code == 1
    assert "Version=1111111" in run.called("aws cloudformation deploy")[-1]


@needs_jq
def test_undo_without_a_version_before_says_so(function: Checkout):
    run = function.run("undo", "staging")

    assert run.code == 1
    assert "has no version before this one" in run.out
    assert not run.called("aws cloudformation deploy")


def test_an_image_for_lambda_carries_the_adapter_and_goes_to_ecr(function: Checkout):
    function.run("build")
    run = function.run("push")

    assert "--build-arg IMAGE=shop-api:2222222" in run.called("docker build")[-1]
    assert run.called("docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-api:2222222")


@needs_jq
def test_a_release_of_a_site_is_kept_whole_and_made_live_with_its_pages_last(site: Checkout):
    run = site.run("apply", "staging")

    copied = [call for call in run.called("aws s3 cp --recursive") if "/live" in call]
    assert run.code == 0
    assert "--exclude *.html" in copied[0]
    assert "--include *.html" in copied[1]
    assert run.called("aws cloudfront create-invalidation")


@needs_jq
def test_a_site_that_does_not_answer_gets_the_release_before(site: Checkout):
    run = site.run("apply", "staging", ANSWERS="000")

    assert run.code == 1
    assert "releases/1111111" in [call for call in run.called("aws s3 cp --recursive") if "/live" in call][-1]


@needs_jq
def test_undo_of_a_site_needs_no_build(site: Checkout):
    run = site.run("undo", "staging")

    assert run.code == 0
    assert "releases/0000000" in run.called("aws s3 cp --recursive")[0]
    assert not run.called("aws cloudformation deploy")


@needs_jq
def test_a_dry_run_of_a_site_uploads_nothing(site: Checkout):
    run = site.run("--dry-run", "apply", "staging")

    assert run.code == 0
    assert not run.called("aws s3 cp --recursive")
    assert "+ aws s3 cp --recursive dist" in run.out


@pytest.mark.parametrize("name", ["esac", "done", "in", "0", "null"])
@pytest.mark.parametrize("target", [Target.K8S, Target.SERVERLESS, Target.STATIC])
@needs_jq
def test_names_that_are_words_of_the_shell_are_names_all_the_same(tmp_path: Path, name: str, target: Target):
    service = a_service(name=name) if target is not Target.STATIC else a_service(**NODE_SPA | {"name": name})
    checkout = Checkout(tmp_path, a_plan(service, target=target, environments=(name, "prod")))
    run = checkout.run("apply", name)

    assert run.code == 0
    if target is Target.STATIC:
        assert f"Environment={name} Service={name}" in run.called("aws cloudformation deploy")[0]
    if target is Target.SERVERLESS:
        assert checkout.run("build").code == 0
        assert f"Environment={name}" in run.called("aws cloudformation deploy")[0]


@pytest.mark.parametrize("target", [Target.SERVERLESS, Target.STATIC])
@needs_jq
def test_a_stack_begins_with_a_letter_whatever_the_service_is_called(tmp_path: Path, target: Target):
    service = a_service(**(NODE_SPA if target is Target.STATIC else {}) | {"name": "2048"})
    run = Checkout(tmp_path, a_plan(service, target=target)).run("apply", "staging")

    (deploy,) = run.called("aws cloudformation deploy")
    assert "--stack-name app-2048-staging " in deploy
