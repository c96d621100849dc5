"""`fops why` reaches a line of the repository from anything a run made, wherever the file lies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factories.commands import Fops, Onboarded, error_of
from factories.repositories import API, SITE, folder, git, repository


def _explained(done_text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(done_text)
    assert {"id", "kind", "says", "location", "rests_on"} <= set(document)
    return document


def _below(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield document
    for one in document["rests_on"]:
        yield from _below(one)


def _reaches_a_source_line(document: dict[str, Any], sources: set[str]) -> bool:
    return any(
        one["location"] and one["location"]["file"] in sources and one["location"]["line"]
        for one in _below(document)
    )


@pytest.fixture(scope="module")
def sources(onboarded: Onboarded) -> set[str]:
    return set(git("ls-tree", "-r", "--name-only", "main", cwd=onboarded.path).splitlines())


@pytest.fixture(scope="module")
def lines(onboarded: Onboarded) -> dict[str, int]:
    """Every generated file with the number of its lines."""
    branch = onboarded.result["branch"]
    names = git("diff", "--name-only", "main", branch, cwd=onboarded.path).splitlines()
    return {name: git("show", f"{branch}:{name}", cwd=onboarded.path).count("\n") + 1 for name in names}


def test_a_line_of_a_branch_not_checked_out_is_explained(onboarded: Onboarded, sources: set[str]) -> None:
    done = onboarded.fops("why", "Dockerfile:3", "--json", cwd=onboarded.path)
    assert done.returncode == 0, done.stderr
    assert _reaches_a_source_line(_explained(done.stdout), sources)


def test_the_tree_for_people_names_file_line_and_rule(onboarded: Onboarded) -> None:
    done = onboarded.fops("why", "Dockerfile:3", cwd=onboarded.path)
    assert "requirements.txt:1; rule python." in done.stdout
    assert "['" not in done.stdout, "a list is shown as JSON, not as Python"
    assert "\x1b" not in done.stdout


def test_every_generated_line_reaches_a_line_of_the_repository(
    onboarded: Onboarded, sources: set[str], lines: dict[str, int]
) -> None:
    """In one process: a thousand lines, each of which is its own call for a person."""
    from fops.kernel.context import RequestContext
    from fops.kernel.git import find_repository
    from fops.onboarding.fetch.git_tree import GitTree
    from fops.onboarding.trace import lock as locks
    from fops.onboarding.trace.provenance import Found, GeneratedFiles
    from fops.provenance import Explainer

    repository = find_repository(onboarded.path)
    assert repository is not None
    with GitTree(repository, onboarded.result["commit"]) as tree:
        lock = locks.read(tree)
        files = GeneratedFiles((lambda _ctx, path: Found(lock=lock, path=path, text=tree.read(path)),))
        explainer = Explainer((files,))
        ctx = RequestContext(actor="local:ada", door="cli", request_id="req_1")
        lost = [
            f"{path}:{number}"
            for path, count in lines.items()
            if path != locks.PATH
            for number in range(1, count + 1)
            if not _reaches_a_source_line(explainer.explain(ctx, f"{path}:{number}").as_json(), sources)
        ]
    assert lost == []


@pytest.mark.parametrize("name", ["proposal", "operation", "plan_digest"])
def test_an_id_of_the_result_is_explained(onboarded: Onboarded, sources: set[str], name: str) -> None:
    done = onboarded.fops("why", onboarded.result[name], "--json")
    assert done.returncode == 0, done.stderr
    document = _explained(done.stdout)
    assert document["id"] == onboarded.result[name]
    assert name == "operation" or _reaches_a_source_line(document, sources)


def test_an_audit_entry_is_explained(onboarded: Onboarded) -> None:
    rows = onboarded.fops("audit", "list", "--json").stdout.splitlines()
    done = onboarded.fops("why", json.loads(rows[-1])["id"], "--json")
    assert done.returncode == 0, done.stderr
    assert onboarded.result["operation"] in {one["id"] for one in _below(_explained(done.stdout))}


@pytest.mark.parametrize(
    "subject",
    [
        "x" * 400,
        f"{'x' * 400}/y:1",
        "Dockerfile:²",
        "dep_unknown",
        "pro_01nothing",
        "nowhere.txt:3",
        "sha256:00",
        "",
        "a\nb",
    ],
)
def test_what_nobody_recorded_is_unknown(onboarded: Onboarded, subject: str) -> None:
    assert "nothing is known" in error_of(onboarded.fops("why", subject), 1)


def test_a_colleagues_clone_answers_without_any_database(
    onboarded: Onboarded, tmp_path: Path, sources: set[str]
) -> None:
    branch = onboarded.result["branch"]
    git("clone", "--quiet", f"--branch={branch}", str(onboarded.path), str(tmp_path / "clone"))
    colleague = Fops(tmp_path / "colleague")
    for place, subject in ((tmp_path / "clone", "Dockerfile:3"), (tmp_path / "clone/docs", "runbook.md:1")):
        done = colleague("why", subject, "--json", cwd=place)
        assert done.returncode == 0, done.stderr
        assert _reaches_a_source_line(_explained(done.stdout), sources)


def test_what_goes_before_a_release_reaches_the_procfiles_line_from_every_file_that_names_it(
    fops: Fops, tmp_path: Path
) -> None:
    path = repository(
        tmp_path / "shop", API | {"Procfile": "web: uvicorn app.main:app\nrelease: ./migrate.sh\n"}
    )
    made = json.loads(fops("onboard", "repo", path, "--json").stdout)
    git("checkout", "--quiet", made["branch"], cwd=path)
    for file in (
        "deploy/k8s/base/shop/job-release.yaml",
        "compose.yaml",
        "scripts/deploy.sh",
        "docs/runbook.md",
    ):
        lines = (path / file).read_text("utf-8").splitlines()
        number = next(number for number, line in enumerate(lines, 1) if "./migrate.sh" in line)
        document = _explained(fops("why", f"{file}:{number}", "--json", cwd=path).stdout)
        assert {"file": "Procfile", "line": 2} in [one["location"] for one in _below(document)], file


def test_a_persons_answer_ends_at_the_operation_and_the_person_who_gave_it(
    fops: Fops, tmp_path: Path
) -> None:
    path = repository(tmp_path / "shop", API)
    made = json.loads(fops("onboard", "repo", path, "--set", "port=9000", "--json").stdout)
    git("checkout", "--quiet", made["branch"], cwd=path)
    for subject in ("Dockerfile", made["plan_digest"]):
        document = _explained(fops("why", subject, "--json", cwd=path).stdout)
        (port,) = [one for one in document["rests_on"] if one["says"].endswith("port = 9000")]
        (operation,) = port["rests_on"]
        assert operation["id"] == made["operation"]
        assert "by local:" in operation["says"]

    done = Fops(tmp_path / "colleague")("why", "Dockerfile", cwd=path)
    assert "answer (--set port): a person's answer" in done.stdout


def test_an_edited_file_is_explained_with_a_warning(onboarded: Onboarded, tmp_path: Path) -> None:
    branch = onboarded.result["branch"]
    git("clone", "--quiet", f"--branch={branch}", str(onboarded.path), str(tmp_path / "clone"))
    (tmp_path / "clone/Dockerfile").write_text("FROM scratch\n")
    done = Fops(tmp_path / "colleague")("why", "Dockerfile:1", cwd=tmp_path / "clone")
    assert "edited since it was generated" in done.stdout


@pytest.mark.parametrize("line", [0, 9999])
def test_a_line_that_the_file_does_not_have_is_not_found(onboarded: Onboarded, line: int) -> None:
    said = error_of(onboarded.fops("why", f"Dockerfile:{line}", cwd=onboarded.path), 1)
    length = git("show", f"{onboarded.result['branch']}:Dockerfile", cwd=onboarded.path).count("\n") + 1
    assert f"Dockerfile has no line {line}" in said
    assert f"hint: it has {length} lines" in said


def test_a_line_without_facts_of_its_own_rests_on_the_file_as_a_whole(onboarded: Onboarded) -> None:
    text = git("show", f"{onboarded.result['branch']}:Dockerfile", cwd=onboarded.path).splitlines()
    number = next(number for number, line in enumerate(text, 1) if line.startswith("WORKDIR"))
    document = _explained(onboarded.fops("why", f"Dockerfile:{number}", "--json", cwd=onboarded.path).stdout)
    assert "no fact of its own; the whole file rests on" in document["says"]
    assert [(one["kind"], one["id"]) for one in document["rests_on"]] == [("generated file", "Dockerfile")]


def test_a_file_of_another_repository_is_not_explained_by_this_ones_name_for_it(
    onboarded: Onboarded, tmp_path: Path
) -> None:
    other = repository(tmp_path / "other", {"Dockerfile": "FROM scratch\n"})
    said = error_of(onboarded.fops("why", "Dockerfile:1", cwd=other), 1)
    assert f"no file that F-Ops generated for {other}" in said
    assert f"fops why {onboarded.path}/Dockerfile" in said
    said = error_of(
        onboarded.fops("why", "Dockerfile", cwd=folder(tmp_path / "plain", {"Dockerfile": ""})), 1
    )
    assert f"no file that F-Ops generated for {tmp_path / 'plain'}" in said


def test_outside_any_repository_the_answer_names_the_source(onboarded: Onboarded, tmp_path: Path) -> None:
    done = onboarded.fops("why", "Dockerfile:3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"(as generated for {onboarded.path})" in done.stdout


def test_a_file_is_explained_in_a_clone_of_the_address_and_in_a_folder_that_was_renamed(
    fops: Fops, tmp_path: Path
) -> None:
    origin = repository(tmp_path / "origin", SITE)
    assert fops("onboard", "repo", f"file://{origin}").returncode == 0
    assert fops("onboard", "repo", repository(tmp_path / "shop", API)).returncode == 0
    git("clone", "--quiet", str(origin), str(tmp_path / "clone"))
    (tmp_path / "shop").rename(tmp_path / "renamed")
    for place, language in (("clone", "static"), ("renamed", "python")):
        done = fops("why", "docs/runbook.md", cwd=tmp_path / place)
        assert f"language = {language}" in done.stdout, done.stderr


def test_an_older_proposal_is_found_behind_many_newer_ones(onboarded: Onboarded, tmp_path: Path) -> None:
    from dataclasses import replace

    from fops.kernel.context import RequestContext
    from fops.onboarding import store
    from fops.onboarding.trace.proposed import lock_in_proposal
    from fops.storage.database import Database

    database = Database(f"sqlite:///{tmp_path / 'fops.db'}")
    ctx = RequestContext(actor="local:ada", door="cli", request_id="req_1")
    known = {
        name: onboarded.result[name] for name in ("repository", "branch", "commit", "pr_url", "plan_digest")
    }
    first = store.Proposal(id="pro_00", operation_id="opn_1", source=str(onboarded.path), plan_blob="", made_at="2026-01-01T00:00:00.000000Z", **known)  # fmt: skip
    with database.write() as connection:
        store.add(connection, ctx, first)
        for number in range(1, 40):
            store.add(connection, ctx, replace(first, id=f"pro_{number:02}", source=f"/elsewhere/{number}", repository="/elsewhere"))  # fmt: skip
    found = lock_in_proposal(database)(ctx, str(onboarded.path / "Dockerfile"))
    database.close()
    assert found is not None
    assert found.path == "Dockerfile"
