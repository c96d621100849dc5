"""Wherever a repository lies, it is proposed to without a byte of it changing but the new branch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from factories.commands import Fops
from factories.repositories import SITE, bare, branches, folder, git, repository, state


def _proposed(fops: Fops, *words: str | Path) -> dict[str, Any]:
    done = fops("onboard", "repo", *words, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["status"] == "proposed"
    text = Path(answer["pr_url"].removeprefix("file://"))
    assert text.is_file()
    assert text.with_name("change.patch").is_file()
    return answer


def _files(place: str | Path, commit: str) -> set[str]:
    return set(git("ls-tree", "-r", "--name-only", commit, cwd=Path(place)).splitlines())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return repository(tmp_path / "site", SITE)


def _without_branch(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in found.items() if "fops/onboard" not in name}


def test_a_dirty_work_tree_and_its_index_stay_as_they_are(fops: Fops, site: Path) -> None:
    (site / "index.html").write_text("<h1>changed, not committed</h1>")
    (site / "staged.html").write_text("<h1>staged</h1>")
    git("add", "staged.html", cwd=site)
    (site / "new.txt").write_text("untracked")
    before = state(site)
    answer = _proposed(fops, site)
    assert _without_branch(state(site)) == before
    assert any("uncommitted changes" in note for note in answer["notes"])
    assert "staged.html" not in _files(site, answer["commit"])
    assert git("rev-list", "--count", f"main..{answer['branch']}", cwd=site) == "1"


def test_a_bare_repository_gets_the_branch(fops: Fops, site: Path, tmp_path: Path) -> None:
    path = bare(tmp_path / "site.git", site)
    answer = _proposed(fops, path)
    assert branches(path) == {**branches(site), answer["branch"]: answer["commit"]}
    assert "fops.yaml" in _files(path, answer["commit"])


def test_a_file_url_leaves_its_repository_alone(fops: Fops, site: Path) -> None:
    before = state(site)
    answer = _proposed(fops, f"file://{site}")
    assert state(site) == before
    assert answer["repository"].startswith(str(fops.home))
    assert "fops.yaml" in _files(answer["repository"], answer["branch"])


def test_a_folder_inside_a_larger_repository_leaves_it_alone(fops: Fops, tmp_path: Path) -> None:
    files = {f"apps/web/{name}": text for name, text in SITE.items()} | {"README.md": "# All\n"}
    top = repository(tmp_path / "all", files)
    before = state(top)
    answer = _proposed(fops, top / "apps/web")
    assert state(top) == before
    assert set(SITE) <= _files(answer["repository"], answer["branch"])
    assert any(note.endswith(f"fops onboard repo {top} --path apps/web") for note in answer["notes"])


def test_path_keeps_to_one_folder_and_proposes_to_the_whole(fops: Fops, tmp_path: Path) -> None:
    files = {f"apps/{app}/{name}": text for app in ("web", "shop") for name, text in SITE.items()}
    top = repository(tmp_path / "all", files)
    answer = _proposed(fops, top, "--path", "apps/web")
    assert answer["services"] == ["web"] or len(answer["services"]) == 1
    assert set(files) <= _files(top, answer["branch"])


def test_the_patch_applies_to_the_repository(fops: Fops, site: Path, tmp_path: Path) -> None:
    answer = _proposed(fops, site)
    patch = Path(answer["pr_url"].removeprefix("file://")).with_name("change.patch")
    git("clone", "--quiet", "--branch=main", str(site), str(tmp_path / "colleague"))
    git("am", "--quiet", str(patch), cwd=tmp_path / "colleague")
    tree = git("rev-parse", "HEAD^{tree}", cwd=tmp_path / "colleague")
    assert tree == git("rev-parse", f"{answer['branch']}^{{tree}}", cwd=site)


def test_a_reference_names_the_commit_to_read(fops: Fops, site: Path) -> None:
    git("tag", "v1", cwd=site)
    folder(site, {"later.html": "<p>later</p>"})
    git("add", "--all", cwd=site)
    git("commit", "--quiet", "--message=later", cwd=site)
    answer = _proposed(fops, site, "--ref", "v1")
    assert "later.html" not in _files(site, answer["commit"])
