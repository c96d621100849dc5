"""Sixty real applications, stratified by language, through the whole job: nothing found by any tool, nothing to do again,
every line explained, the trail whole.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.kernel.errors import NotDeployable
from fops.onboarding.fetch.git_tree import GitTree
from fops.provenance import Explanation

TOOLS = {
    "hadolint",
    "zizmor",
    "actionlint",
    "shellcheck",
    "kubernetes-schema",
    "cfn-lint",
    "workflow-schema",
    "compose-schema",
}
STRATA = {"node": 22, "python": 18, "go": 9, "java": 9, "static": 2}
IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]

pytestmark = [pytest.mark.long, pytest.mark.shared]


@pytest.fixture(scope="module")
def applications(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared = Path(__file__).parents[3] / "shared"
    if not shared.is_dir():
        pytest.skip("the evaluation data is not beside this checkout")
    folder = tmp_path_factory.mktemp("applications")
    with tarfile.open(shared / "eval" / "onboarding" / "apps-data.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "apps"


def _ranked(language: str) -> Iterator[str]:
    """The ids of a language in an order that is fixed and has nothing to do with their names."""
    shared = Path(__file__).parents[3] / "shared"
    rows = [
        json.loads(line)
        for line in (shared / "eval" / "onboarding" / "expectations.jsonl").read_text().splitlines()
    ]
    ids = [row["id"] for row in rows if row.get("deployable") and row["facts"].get("language") == language]
    return iter(sorted(ids, key=lambda identifier: hashlib.sha256(identifier.encode()).hexdigest()))


def _reaches_a_source(explanation: Explanation) -> bool:
    node = explanation.node
    if node.kind == "fact" and node.location is not None:
        return True
    return any(_reaches_a_source(below) for below in explanation.rests_on)


def _onboard(identifier: str, applications: Path, home: Path) -> None:
    source = applications / identifier
    for words in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], [*IDENTITY, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(source), *words], check=True, capture_output=True)
    app = open_app(Settings(flags={"FOPS_HOME": str(home)}))
    first, again = (
        app.invoker.invoke(app.context(door="test"), "onboard.repo", {"what": str(source)}) for _ in range(2)
    )
    found = [check for check in first["checks"] if check["check"] in TOOLS and check["status"] != "pass"]
    assert (first["status"], [check for check in found if check["status"] != "skipped"]) == ("proposed", [])
    assert again["status"] == "nothing-to-do"
    _every_line_is_explained(app, source, first["commit"])
    assert app.audit.verify().ok


def _every_line_is_explained(app, source: Path, commit: str) -> None:
    from fops.kernel.git import Repository
    from fops.onboarding.trace import lock as locks
    from fops.onboarding.trace.provenance import Found, describe_file
    from fops.provenance import Explainer

    with GitTree(Repository(source / ".git"), commit) as tree:
        lock = locks.read(tree)
        texts = {path: tree.read(path) or "" for path in lock.files}
    for path, text in texts.items():
        for line in range(1, text.count("\n") + 1):
            description = describe_file(Found(lock=lock, path=path, text=text), line)
            explanation = Explainer([])._walk(app.context(door="test"), description, frozenset())
            assert _reaches_a_source(explanation), f"{path}:{line}"


@pytest.mark.parametrize("language", STRATA)
def test_real_applications_go_through_without_a_finding(language, applications, tmp_path):
    done = 0
    for identifier in _ranked(language):
        if done == STRATA[language]:
            break
        try:
            _onboard(identifier, applications, tmp_path / identifier)
        except NotDeployable:
            continue  # data only: without its program files an application may have no start command
        done += 1
    assert done == STRATA[language]
