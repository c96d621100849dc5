"""One suite for every `change_request.create`: a branch in a local repository, and a pull request on GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from factories.actions import a_context
from factories.github import ADDRESS, REPO, a_world
from factories.repositories import API, bare, git, repository
from fops.actions.contracts import CHANGE_REQUEST_CREATE, ChangeRequest
from fops.actions.model import Action, Effect
from fops.kernel.errors import Final
from fops.kernel.ids import new_id
from fops.kernel.settings import Secret
from fops.packs.git.change_request import create_change_request
from fops.packs.github.create import create_pr
from fops.packs.github.settings import GithubSettings

BRANCH = "fops/onboard-shop-k8s"
FILES = (
    {"path": "scripts/run.sh", "text": "#!/bin/sh\n", "executable": True},
    {"path": "a.txt", "text": "é\n"},
)


@dataclass(frozen=True)
class Place:
    """An implementation, what its requests name as the repository, and where its git can be looked into."""

    action: Action
    named: str
    git_dir: Path

    def create(self, **changes: Any) -> dict[str, Any]:
        return dict(self.action.perform(a_context(), self.request(**changes)))

    def request(self, **changes: Any) -> ChangeRequest:
        asked = {"proposal_id": new_id("pro"), "repository": self.named, "base": self.tip("main"), "into": "main", "branch": BRANCH,
                 "title": "Deploy shop", "body": "Why.\n", "message": "Deploy shop\n\nWith words.\n", "files": FILES}  # fmt: skip
        return ChangeRequest.model_validate({**asked, **changes})

    def tip(self, branch: str = BRANCH) -> str | None:
        return (
            git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}", cwd=self.git_dir).strip()
            or None
        )

    def tree(self, commit: str) -> dict[str, str]:
        rows = git("ls-tree", "-r", commit, cwd=self.git_dir).splitlines()
        return {row.partition("\t")[2]: row.split()[0] for row in rows}

    def persons_commit(self, branch: str) -> str:
        tree = git("rev-parse", f"{branch}^{{tree}}", cwd=self.git_dir).strip()
        commit = git("commit-tree", tree, "-p", branch, "-m", "a person's", cwd=self.git_dir).strip()
        git("update-ref", f"refs/heads/{branch}", commit, cwd=self.git_dir)
        return commit


@pytest.fixture(params=["local", "github"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "local":
        origin = bare(tmp_path / "shop.git", repository(tmp_path / "shop", API))
        yield Place(create_change_request(tmp_path / "home"), str(origin), origin)
        return
    with a_world(tmp_path) as world:
        settings = GithubSettings(
            github_token=Secret(world.env["GITHUB_TOKEN"]), github_api_url=world.env["GITHUB_API_URL"]
        )
        yield Place(create_pr(settings), ADDRESS, world.github.root / f"{REPO}.git")


def test_it_says_what_it_implements_and_that_it_only_proposes(place: Place) -> None:
    assert place.action.implements == CHANGE_REQUEST_CREATE
    assert (place.action.effect, place.action.permission) == (Effect.PROPOSE, "change_request.create")
    assert place.action.provider


def test_one_commit_on_the_base_holds_the_files_and_all_that_was_there(place: Place) -> None:
    made = place.create()
    assert {"pr_url", "branch", "commit", "repository", "folder"} <= set(made)
    assert (made["branch"], made["commit"]) == (BRANCH, place.tip())
    parents, message = git("log", "-1", "--format=%P%n%B", made["commit"], cwd=place.git_dir).split("\n", 1)
    assert (parents, message.strip()) == (place.tip("main"), "Deploy shop\n\nWith words.")
    assert place.tree(made["commit"]) == {
        **dict.fromkeys(API, "100644"), "a.txt": "100644", "scripts/run.sh": "100755",
    }  # fmt: skip


def test_bytes_that_are_no_text_arrive_as_they_are(place: Place) -> None:
    made = place.create(
        files=[{"path": "latin.txt", "text": b"caf\xe9\n".decode("utf-8", "surrogateescape")}]
    )
    git("cat-file", "-e", f"{made['commit']}:latin.txt", cwd=place.git_dir)
    assert (
        git("rev-parse", f"{made['commit']}:latin.txt", cwd=place.git_dir).strip()
        == git("hash-object", "--stdin", stdin=b"caf\xe9\n").strip()
    )


def test_a_second_request_goes_on_from_the_first(place: Place) -> None:
    first = place.create()["commit"]
    second = place.create(base=first, replaces=first, files=[{"path": "b.txt", "text": "b\n"}])["commit"]
    assert place.tip() == second
    assert git("rev-list", "--parents", "-1", second, cwd=place.git_dir).split()[1:] == [first]
    assert {"a.txt", "b.txt"} <= set(place.tree(second))


def test_what_a_person_put_on_the_branch_meanwhile_is_never_lost(place: Place) -> None:
    first = place.create()["commit"]
    theirs = place.persons_commit(BRANCH)
    with pytest.raises(Final):
        place.create(base=first, replaces=first, files=[{"path": "b.txt", "text": "b\n"}])
    assert place.tip() == theirs


def test_a_branch_that_is_not_named_as_replaced_stays_where_it_is(place: Place) -> None:
    git("branch", BRANCH, "main", cwd=place.git_dir)
    theirs = place.persons_commit(BRANCH)
    with pytest.raises(Final):
        place.create()
    assert place.tip() == theirs


def test_a_dry_run_names_branch_and_files_and_changes_nothing(place: Place) -> None:
    preview = place.action.preview(a_context(), place.request())
    told = "\n".join(preview.changes)
    assert all(word in told for word in (BRANCH, "scripts/run.sh", "a.txt"))
    assert place.tip() is None
