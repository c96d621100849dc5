"""What every tool of the verify step keeps to: a sound file passes, a broken one is quoted, absence is no pass."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from factories.artifacts import SOUND, an_artifact
from factories.plans import a_plan
from fops.kernel.process import find_program
from fops.onboarding.model import Check
from fops.onboarding.verify.bundle import Bundle
from fops.onboarding.verify.tools import TOOLS
from fops.onboarding.verify.tools.tool import INSTALL_HINT, Tool, run_all

pytestmark = pytest.mark.verify

WORKFLOW = ".github/workflows/pipeline.yml"
DEPLOYMENT = "deploy/k8s/base/shop-api/deployment.yaml"
BASE = "deploy/k8s/base/kustomization.yaml"


@dataclass(frozen=True)
class Case:
    """A file the tool passes, an edit it must find, and what it says of that; `at` stands on the line it names."""

    path: str
    old: str
    new: str
    says: str
    at: str | None


CASES = {
    "hadolint": Case("Dockerfile", "WORKDIR /app\nCOPY --from", "RUN cd /app\nCOPY --from", "DL3003 ", "RUN cd"),
    "shellcheck": Case("scripts/deploy.sh", '"deploy', "$1/x #", "SC2086 ", "$1/x"),
    "actionlint": Case(WORKFLOW, "ubuntu-24.04", "ubuntu-1.0", "runner-label ", "ubuntu-1.0"),
    "zizmor": Case(WORKFLOW, '"$IMAGE', '"${{ github.event.head_commit.message }}', "template-injection ", "head_commit"),
    "workflow-schema": Case(WORKFLOW, "timeout-minutes: 15", "timeout: 15", "$.jobs.build ", "build:"),
    "compose-schema": Case("compose.yaml", "depends_on:\n      - postgres", "depends_on: 5", "depends_on 5 ", "depends_on"),
    "cfn-lint": Case("deploy/static/template.yaml", "BucketName", "BucketNames", "E3002 ", "BucketNames"),
    "kubernetes-schema": Case(DEPLOYMENT, "containerPort: 8000", 'containerPort: "8000"', "is not of type", "containerPort"),
    "kustomize-build": Case("deploy/k8s/overlays/prod/replicas.yaml", "name: shop-api", "name: x", "no matches", None),
}  # fmt: skip


def judge(tool: Tool, texts: dict[str, str], folder: Path | None = None) -> list[Check]:
    artifacts = [an_artifact(path, text) for path, text in texts.items()]
    return run_all([tool], Bundle.of(a_plan(), artifacts), folder=folder)


def needed(tool: Tool) -> None:
    if find_program(tool.program) is None:
        pytest.skip(f"{tool.program} is not installed")


def a_program(tmp_path: Path, body: str) -> str:
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(0o755)
    return str(program)


def test_every_tool_has_its_case() -> None:
    assert {tool.check for tool in TOOLS} == set(CASES)


every_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.check)


def named(*checks: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "tool", [tool for tool in TOOLS if tool.check in checks], ids=lambda tool: tool.check
    )


@every_tool
def test_sound_files_pass(tool: Tool) -> None:
    needed(tool)
    checks = judge(tool, SOUND)
    assert checks
    assert {(check.check, check.status, check.detail) for check in checks} == {(tool.check, "pass", "")}


@every_tool
def test_a_broken_file_is_quoted_with_its_line(tool: Tool) -> None:
    needed(tool)
    case = CASES[tool.check]
    assert case.old in SOUND[case.path]
    edited = SOUND[case.path].replace(case.old, case.new)
    wrong = [check for check in judge(tool, SOUND | {case.path: edited}) if check.status == "findings"]
    detail = next(line for check in wrong for line in check.detail.split("\n") if case.says in line)
    if case.at is not None:
        assert [check.artifact for check in wrong] == [case.path]
        assert case.at in edited.splitlines()[int(detail.partition(":")[0]) - 1]


@pytest.mark.parametrize(
    ("check", "other"),
    [
        ("hadolint", "web app/Dockerfile"),
        ("shellcheck", "-rf/deploy.sh"),
        ("actionlint", ".github/workflows/other.yml"),
        ("zizmor", ".github/workflows/other.yml"),
        ("workflow-schema", ".github/workflows/other.yml"),
        ("compose-schema", "-x/compose.yaml"),
        ("cfn-lint", "deploy/other/template.yaml"),
        ("kubernetes-schema", "deploy/k8s/x/deployment.yaml"),
    ],
)
def test_two_files_are_told_apart(check: str, other: str) -> None:
    tool = next(tool for tool in TOOLS if tool.check == check)
    needed(tool)
    case = CASES[check]
    edited = SOUND[case.path].replace(case.old, case.new)
    checks = judge(tool, {case.path: SOUND[case.path], other: edited})
    assert {check.artifact: check.status for check in checks} == {case.path: "pass", other: "findings"}


@every_tool
def test_a_tool_that_is_absent_gives_no_pass(tool: Tool) -> None:
    checks = judge(replace(tool, program="fops-no-such-program"), SOUND)
    assert checks
    assert {(check.status, check.detail) for check in checks} == {(tool.absent, tool.hint)}


def test_every_tool_of_the_extra_says_how_to_install_it() -> None:
    named = {tool.check: (tool.absent, tool.hint) for tool in TOOLS if tool.program != "kubectl"}
    assert set(named.values()) == {("could-not-run", INSTALL_HINT)}


@every_tool
@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit('it broke')",
        "import os; os.abort()",
        "print('no answer')",
        "print('{}')",
        "print('[1]')",
        "print('[{}]')",
        'print(\'{"errors": [1], "comments": [1]}\')',
    ],
)
def test_a_tool_that_breaks_gives_no_pass(tool: Tool, tmp_path: Path, body: str) -> None:
    crashed = replace(tool, program=a_program(tmp_path, body), judged=frozenset({0}))
    statuses = {check.status for check in judge(crashed, SOUND)}
    # a Kustomize root that builds prints what it built, whatever that is
    assert statuses == (
        {"pass"} if tool.check == "kustomize-build" and "print" in body else {"could-not-run"}
    )


@every_tool
def test_a_tool_that_does_not_end_gives_no_pass(tool: Tool, tmp_path: Path) -> None:
    slow = replace(tool, program=a_program(tmp_path, "import time; time.sleep(60)"), timeout=0.3)
    case = CASES[tool.check]
    path = BASE if tool.check == "kustomize-build" else case.path
    (check,) = judge(slow, {path: SOUND[path]})
    assert check.status == "could-not-run"
    assert "did not end within" in check.detail


@named("actionlint", "zizmor", "workflow-schema")
def test_a_file_that_does_not_parse_is_skipped_and_the_others_are_judged(tool: Tool) -> None:
    needed(tool)
    broken = ".github/workflows/broken.yml"
    checks = judge(tool, {WORKFLOW: SOUND[WORKFLOW], broken: "a: [\n"})
    assert {check.artifact: check.status for check in checks} == {WORKFLOW: "pass", broken: "skipped"}


def test_a_root_with_a_remote_resource_is_not_built() -> None:
    kustomize = next(tool for tool in TOOLS if tool.check == "kustomize-build")
    for name in ("https://example.com/x.yaml", "github.com/a/b//c?ref=d", "git@example.com:a/b"):
        assert judge(kustomize, {BASE: f"resources:\n  - {name}\n"}) == []


@named("hadolint", "shellcheck")
def test_no_configuration_of_the_person_changes_a_verdict(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3003]\n")
    (tmp_path / ".shellcheckrc").write_text("disable=all\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    needed(tool)
    case = CASES[tool.check]
    (check,) = judge(tool, {case.path: SOUND[case.path].replace(case.old, case.new)})
    assert check.status == "findings"


@named("hadolint")
def test_the_private_folder_is_removed_again(tool: Tool, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    judge(tool, SOUND, tmp_path / "private")
    assert list((tmp_path / "private").iterdir()) == []
