"""A second run: nothing new means nothing done; what a person edited is reported and stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.repositories import API, SITE, bare, branches, commit, folder, git, repository, state


def _status(fops: Fops, *words: str | Path) -> dict[str, object]:
    done = fops("onboard", "repo", *words, "--json")
    assert done.returncode in {0, 6}, done.stderr
    return {"exit": done.returncode, **json.loads(done.stdout)}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return repository(tmp_path / "site", SITE)


def test_a_repository_goes_through_proposal_edit_and_merge(fops: Fops, site: Path) -> None:
    """One life of a repository: each run costs seconds, so the steps share it."""
    first = _status(fops, site)
    branch = str(first["branch"])

    again = _status(fops, site)
    assert (again["status"], again["commit"], again["exit"]) == ("nothing-to-do", first["commit"], 0)
    assert (again["pr_url"], again["proposal"]) == (first["pr_url"], first["proposal"])
    assert branches(site)[branch] == first["commit"]
    assert len(fops.proposals) == 1

    assert _status(fops, site, "--check")["exit"] == 0

    git("merge", "--quiet", "--ff-only", branch, cwd=site)
    git("branch", "--quiet", "--delete", branch, cwd=site)
    merged = _status(fops, site)
    assert (merged["status"], merged["exit"]) == ("nothing-to-do", 0)
    assert list(branches(site)) == ["main"]

    runbook = site / "docs/runbook.md"
    runbook.write_text(runbook.read_text() + "\nCall Ada first.\n")
    commit(site, "ours")
    checked = _status(fops, site, "--check")
    assert (checked["status"], checked["edited"], checked["exit"]) == ("drift", ["docs/runbook.md"], 6)
    edited = _status(fops, site)
    assert (edited["status"], edited["edited"]) == ("nothing-to-do", ["docs/runbook.md"])
    assert list(branches(site)) == ["main"]

    changed = _status(fops, site, "--env", "qa", "--env", "live")
    assert changed["status"] == "proposed"
    assert "Call Ada first." in git("show", f"{changed['branch']}:docs/runbook.md", cwd=site)


@pytest.mark.parametrize("kind", ["address", "folder"])
def test_a_new_proposal_beside_the_source_holds_all_of_it(fops: Fops, tmp_path: Path, kind: str) -> None:
    """The clone it lies in is a new one, so that nothing of the earlier proposal is in there."""
    if kind == "address":
        what = f"file://{bare(tmp_path / 'site.git', repository(tmp_path / 'site', SITE))}"
    else:
        what = str(folder(tmp_path / "plain", SITE))
    first, second = _status(fops, what), _status(fops, what, "--env", "live")
    assert second["status"] == "proposed"
    there = git("ls-tree", "-r", "--name-only", str(second["commit"]), cwd=Path(str(second["repository"])))
    generated = {one["path"] for one in second["files"]}  # type: ignore[attr-defined]
    assert generated <= set(there.split())
    assert "deploy/static/template.yaml" in generated
    assert _status(fops, what)["status"] == "nothing-to-do"
    assert first["commit"] != second["commit"]


def test_what_main_no_longer_has_is_not_proposed_again(fops: Fops, site: Path) -> None:
    """A generated file deleted or edited on main while a proposal waits would end in a conflict."""
    git("merge", "--quiet", "--ff-only", str(_status(fops, site)["branch"]), cwd=site)
    waiting = _status(fops, site, "--env", "live")
    (site / "docs/runbook.md").unlink()
    (site / "scripts/deploy.sh").write_text("#!/bin/sh\necho ours\n")
    commit(site, "ours")
    again = _status(fops, site, "--env", "prod")
    assert (again["status"], again["branch"]) == ("proposed", waiting["branch"])
    assert again["edited"] == ["docs/runbook.md", "scripts/deploy.sh"]
    changed = git("show", "--format=", "--name-only", str(again["commit"]), cwd=site).split()
    assert not {"docs/runbook.md", "scripts/deploy.sh"} & set(changed)


def test_what_a_run_was_told_need_not_be_said_again(fops: Fops, tmp_path: Path) -> None:
    """While the proposal waits and once it is merged; `--forget` takes it back."""
    shop = repository(tmp_path / "shop", API)
    told = ("--set", "port=9000", "--image", "quay.io/acme/till", "--env", "qa", "--target", "serverless")
    first = _status(fops, shop, *told)
    assert first["status"] == "proposed"

    waiting = _status(fops, shop)
    assert (waiting["status"], waiting["commit"]) == ("nothing-to-do", first["commit"])
    assert any("--set port=9000" in note and "--env qa" in note for note in waiting["notes"])  # type: ignore[attr-defined]

    git("merge", "--quiet", "--ff-only", str(first["branch"]), cwd=shop)
    git("branch", "--quiet", "--delete", str(first["branch"]), cwd=shop)
    assert _status(fops, shop, "--check")["exit"] == 0
    assert _status(fops, shop, *told)["status"] == "nothing-to-do"

    fresh = _status(fops, shop, "--check", "--forget")
    assert (fresh["exit"], fresh["target"]) == (6, "k8s")

    changed = _status(fops, shop, "--set", "port=9001")
    lock = json.loads(git("show", f"{changed['branch']}:.fops/onboard.lock", cwd=shop))
    assert lock["answers"]["set"] == {"image": "quay.io/acme/till", "port": "9001"}


def test_what_was_told_about_one_folder_says_nothing_about_another(fops: Fops, tmp_path: Path) -> None:
    both = {f"{name}/{path}": text for name in ("shop", "till") for path, text in API.items()}
    place = repository(tmp_path / "both", both)
    first = _status(fops, place, "--path", "shop", "--set", "port=9000")
    assert _status(fops, place)["branch"] == first["branch"]
    second = _status(fops, place, "--path", "till")
    assert second["status"] == "proposed"
    assert "9000" not in git("show", f"{second['branch']}:fops.yaml", cwd=place)


def test_an_answer_that_no_longer_fits_is_traced_to_the_run_that_gave_it(fops: Fops, tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", API)
    first = _status(fops, shop, "--set", "shop.port=9000")
    git("merge", "--quiet", "--ff-only", str(first["branch"]), cwd=shop)
    (shop / "pyproject.toml").write_text('[project]\nname = "till"\nversion = "1"\n')
    commit(shop, "ours")
    assert "--forget" in error_of(fops("onboard", "repo", shop), 2)


def test_an_edited_dockerfile_is_reported_and_changes_nothing_else(fops: Fops, tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", API)
    git("merge", "--quiet", "--ff-only", str(_status(fops, shop)["branch"]), cwd=shop)
    dockerfile = shop / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}# ours\nEXPOSE 9999\n")
    commit(shop, "ours")

    checked = _status(fops, shop, "--check")

    assert (checked["status"], checked["exit"]) == ("drift", 6)
    assert (checked["edited"], checked["gone"], checked["changed"]) == (["Dockerfile"], [], [])


def test_a_url_is_compared_with_its_open_proposal(fops: Fops, site: Path, tmp_path: Path) -> None:
    url = f"file://{bare(tmp_path / 'site.git', site)}"
    first, again = _status(fops, url), _status(fops, url)
    assert first["status"] == "proposed"
    assert (again["status"], again["commit"], again["pr_url"]) == (
        "nothing-to-do",
        first["commit"],
        first["pr_url"],
    )
    assert len(fops.proposals) == 1
    assert list(branches(tmp_path / "site.git")) == ["main"]


def test_a_plain_folder_is_compared_with_its_open_proposal(fops: Fops, tmp_path: Path) -> None:
    path = folder(tmp_path / "plain", SITE)
    before = state(path)
    first, again = _status(fops, path), _status(fops, path)
    assert first["status"] == "proposed"
    assert (again["status"], again["commit"]) == ("nothing-to-do", first["commit"])
    assert len(fops.proposals) == 1
    assert state(path) == before


def test_output_writes_files_once_and_never_over_a_persons_edit(fops: Fops, tmp_path: Path) -> None:
    path = folder(tmp_path / "plain", SITE)
    out = tmp_path / "out"
    first = _status(fops, path, "--output", out)
    assert first["status"] == "written"
    assert {file["path"] for file in first["files"]} == {  # type: ignore[attr-defined]
        str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()
    }
    assert _status(fops, path, "--output", out)["status"] == "nothing-to-do"

    (out / "fops.yaml").write_text("mine: true\n")
    again = _status(fops, path, "--output", out, "--env", "live")
    assert (again["status"], again["edited"]) == ("written", ["fops.yaml"])
    assert (out / "fops.yaml").read_text() == "mine: true\n"

    actions = {row.split('"')[3] for row in fops("audit", "list", "--fields", "action").stdout.splitlines()}
    assert actions == {"files.write"}


def test_output_never_replaces_a_file_it_did_not_write(fops: Fops, tmp_path: Path) -> None:
    out = folder(tmp_path / "out", {"fops.yaml": "mine: true\n"})
    answer = _status(fops, folder(tmp_path / "plain", SITE), "--output", out)
    assert answer["edited"] == ["fops.yaml"]
    assert (out / "fops.yaml").read_text() == "mine: true\n"


@pytest.mark.parametrize("words", [[], ["--output", "out"]], ids=["branch", "output"])
def test_a_dry_run_shows_the_files_and_changes_nothing(fops: Fops, site: Path, words: list[str]) -> None:
    before = state(site)
    done = fops("--dry-run", "onboard", "repo", site, *words, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert (answer["status"], answer["branch"], answer["pr_url"]) == ("planned", None, None)
    assert any(line.strip().endswith("fops.yaml") for line in answer["changes"])
    assert state(site) == before
    assert not (fops.root / "out").exists()
    assert fops.proposals == []
    assert fops("audit", "list").stdout == ""
    assert list(fops.temporary.iterdir()) == []


def test_facts_may_come_from_set_alone(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "odd", {"serve.py": "print('hello')\n"})
    assert "--set" in error_of(fops("onboard", "repo", path, "--no-auto-detect"), 2)
    facts = {
        "language": "python",
        "package_manager": "pip",
        "start_command": "python serve.py",
        "port": "9000",
    }
    answers = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    done = fops("onboard", "repo", path, "--no-auto-detect", *answers, "--set", "health_path=/up", "--json")
    assert done.returncode == 0, done.stderr
    plan = json.loads(git("show", f"{json.loads(done.stdout)['branch']}:.fops/plan.json", cwd=path))
    assert '"rule": "set"' in json.dumps(plan)
    assert "9000" in git("show", f"{json.loads(done.stdout)['branch']}:fops.yaml", cwd=path) + json.dumps(
        plan
    )


def test_any_dns_label_is_an_environment(tmp_path: Path) -> None:
    fops = Fops(tmp_path / "with-tools", tools=True)
    path = repository(tmp_path / "shop", API)
    longest = "e" * 63
    done = fops("onboard", "repo", path, "-e", "qa-2", "-e", longest, "--output", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    overlays = {one.name for one in (tmp_path / "out/deploy/k8s/overlays").iterdir()}
    assert overlays == {"qa-2", longest}
    assert [row for row in json.loads(done.stdout)["checks"] if row["status"] == "findings"] == []
