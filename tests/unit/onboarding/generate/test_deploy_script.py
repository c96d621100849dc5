"""The deploy script run for real, with small programs in place of kubectl, docker, aws and curl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.kernel.formats import load_yaml_all
from fops.onboarding.generate import kubernetes as manifests
from fops.onboarding.generate.cloud import serverless
from fops.onboarding.generate.pipeline import scripts
from fops.onboarding.model import OnboardingPlan, Target

RECORD = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'
KUBECTL = (
    RECORD
    + """case "$*" in
  kustomize*) cat "$2/kustomization.yaml" ;;
  get*jobs.yaml*) echo "shop-staging   shop-api-release" ;;
  get*) echo "shop-staging shop-api" ;;
  *"get job/"*) echo " ${JOB:-Complete}" ;;
  *" logs "*) echo "no such table"; exit "${UNSTARTED:-0}" ;;
  *"rollout status"*) exit "${UNHEALTHY:-0}" ;;
  diff*) exit 1 ;;
esac
"""
)
# The real one renders; what it would send to a cluster is kept beside the script's folder.
RENDERING = """#!/bin/sh
case $1 in
  kustomize) exec {kubectl} "$@" ;;
  apply | create) cp "$3" "$HOME/$1.yaml" ;;
esac
"""
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

    def __init__(self, top: Path, plan: OnboardingPlan, *, kubectl: str = KUBECTL) -> None:
        self.top, self.programs, self.log = top / "checkout", top / "bin", top / "log"
        for artifact in (*scripts.artifacts(plan), *serverless.artifacts(plan), *manifests.artifacts(plan)):
            path = self.top / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.text)
            path.chmod(0o755 if artifact.executable else 0o644)
        first = plan.environments[0]
        (self.top / "deploy/k8s/overlays" / first).mkdir(parents=True, exist_ok=True)
        (self.top / "deploy/static/parameters").mkdir(parents=True)
        (self.top / f"deploy/static/parameters/{first}.json").write_text(
            json.dumps({"Parameters": {"Environment": first}})
        )
        self.programs.mkdir()
        for name, text in {"kubectl": kubectl, "aws": AWS, "curl": CURL, "docker": DOCKER, "sam": RECORD,
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
def migrating(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, a_plan(a_service(release_command="alembic upgrade head")))


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
    assert {path.name for path in (kubernetes.top / "deploy/k8s/overlays").iterdir()} == {"prod", "staging"}


def test_a_version_that_does_not_become_healthy_is_undone(kubernetes: Checkout):
    run = kubernetes.run("apply", "staging", UNHEALTHY="1")

    assert run.code == 1
    assert run.called("kubectl --namespace shop-staging rollout undo deployment/shop-api")


def test_what_goes_before_a_release_ends_well_before_anything_is_rolled_out(migrating: Checkout):
    run = migrating.run("apply", "staging")

    assert run.code == 0, run.out
    assert [call.partition(" --filename")[0] for call in run.calls if " --filename" in call] == [
        "kubectl apply", "kubectl delete", "kubectl create", "kubectl get", "kubectl apply", "kubectl get",
    ]  # fmt: skip
    first, last = run.called("kubectl apply")
    assert first.endswith("--selector !app.kubernetes.io/component")
    assert last.endswith("manifests.yaml")
    assert run.called("kubectl --namespace shop-staging logs --follow job/shop-api-release")


def test_a_release_whose_command_fails_rolls_nothing_out_and_shows_why(migrating: Checkout):
    run = migrating.run("apply", "staging", JOB="Failed")

    assert run.code == 1
    assert "staging stays with the version it has" in run.out
    assert "no such table" in run.out
    assert len(run.called("kubectl apply")) == 1
    assert not [call for call in run.calls if "rollout" in call]


def test_a_job_that_never_started_shows_what_happened(migrating: Checkout):
    run = migrating.run("apply", "staging", JOB="Failed", UNSTARTED="1")

    assert run.code == 1
    assert run.called("kubectl --namespace shop-staging get events")


def test_a_dry_run_names_what_would_go_before_the_release(migrating: Checkout):
    run = migrating.run("--dry-run", "apply", "staging")

    assert run.code == 0
    assert "+ kubectl create" in run.out
    assert {call.split()[1] for call in run.calls} == {"kustomize", "diff"}


def test_a_revision_is_put_back_without_what_goes_before_a_release(migrating: Checkout):
    run = migrating.run("undo", "staging")

    assert run.code == 0
    assert not [call for call in run.calls if "create" in call]


@pytest.mark.verify
def test_the_job_and_the_rest_are_told_apart(tmp_path: Path):
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not on the PATH")
    plan = a_plan(
        a_service(release_command="alembic upgrade head"), a_service(name="web", path="w", context="w")
    )
    checkout = Checkout(tmp_path, plan, kubectl=RENDERING.format(kubectl=kubectl))

    run = checkout.run("apply", "staging")

    assert run.code == 0, run.out
    (job,) = load_yaml_all((checkout.top / "create.yaml").read_text(), name="create.yaml")
    assert (job["kind"], job["metadata"]["namespace"]) == ("Job", "shop-api-staging")
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "ghcr.io/acme/shop-api:2222222"
    rest = [
        one["kind"] for one in load_yaml_all((checkout.top / "apply.yaml").read_text(), name="apply.yaml")
    ]
    assert rest.count("Deployment") == 2
    assert "Job" not in rest


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
