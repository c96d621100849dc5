"""A second run on GitHub: nothing new means nothing done, a person's work stays, and what was killed is taken up."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factories.commands import Fops
from factories.github import ADDRESS, REPO, World, a_world
from factories.repositories import git
from fops.testing.github.fake import TOKEN

BRANCH = "fops/onboard-repo-k8s"
WORDS = ("onboard", "repo", ADDRESS, "--provider", "github", "--json")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def fops(tmp_path: Path) -> Fops:
    return Fops(tmp_path / "fops-root")


def onboard(fops: Fops, world: World, *more: str) -> dict[str, Any]:
    done = fops(*WORDS, *more, env=world.env)
    assert done.returncode in {0, 6}, done.stderr
    return json.loads(done.stdout)


def shown(world: World, place: str) -> str:
    return git("show", place, cwd=world.github.root / f"{REPO}.git")


def test_a_proposal_goes_through_edit_merge_and_the_next_one(fops: Fops, world: World) -> None:
    """One life of a repository: each run costs seconds, so the steps share it."""
    github = world.github
    first = onboard(fops, world)
    assert (first["status"], first["branch"]) == ("proposed", BRANCH)

    theirs = github.push(REPO, BRANCH, "docs/runbook.md", "Call Ada.\n")
    edited = onboard(fops, world)
    assert (edited["status"], edited["edited"], edited["pr_url"]) == (
        "nothing-to-do", ["docs/runbook.md"], first["pr_url"],
    )  # fmt: skip

    changed = onboard(fops, world, "--env", "live")
    assert (changed["status"], changed["branch"], changed["pr_url"]) == ("proposed", BRANCH, first["pr_url"])
    assert github.parents(REPO, changed["commit"]) == (theirs,)
    assert shown(world, f"{BRANCH}:docs/runbook.md").strip() == "Call Ada."
    assert len(github.pulls(REPO)) == 1

    github.merge(REPO, 1, "squash")
    merged = onboard(fops, world)
    assert (merged["status"], merged["pr_url"]) == ("nothing-to-do", None)

    following = onboard(fops, world, "--env", "qa")
    assert (following["status"], following["branch"]) == ("proposed", f"{BRANCH}-2")
    assert github.parents(REPO, following["commit"]) == (github.tip(REPO, "main"),)
    assert github.tip(REPO, BRANCH) == changed["commit"]
    assert [(one.head, one.state) for one in github.pulls(REPO)] == [
        (BRANCH, "closed"),
        (f"{BRANCH}-2", "open"),
    ]

    again = onboard(fops, world)
    assert (again["status"], again["branch"], again["pr_url"]) == (
        "nothing-to-do", f"{BRANCH}-2", following["pr_url"],
    )  # fmt: skip


def test_another_machine_finds_the_open_pull_request(fops: Fops, world: World, tmp_path: Path) -> None:
    first = onboard(fops, world)
    world.github.forget()
    again = onboard(Fops(tmp_path / "another"), world)
    assert (again["status"], again["pr_url"]) == ("nothing-to-do", first["pr_url"])
    assert world.writes == []


def test_doctor_says_whether_github_takes_the_token(fops: Fops, world: World) -> None:
    told = fops("doctor", env=world.env).stdout
    assert "takes the token; 5000 requests left in this hour" in told
    world.github.revoke(TOKEN)
    refused = fops("doctor", env=world.env)
    assert refused.returncode == 6
    assert "GitHub does not accept the token" in refused.stdout
    offline = fops("doctor", env={**world.env, "GITHUB_API_URL": "http://127.0.0.1:9"})
    assert "configured, but http://127.0.0.1:9" in offline.stdout
    assert offline.returncode == 0
    shown = fops("config", "show", "--origin", "--json", env=world.env).stdout
    assert TOKEN not in told + refused.stdout + refused.stderr + offline.stdout + shown
    assert world.writes == []


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_a_run_that_is_killed_is_taken_up_and_nothing_is_doubled(
    fops: Fops, world: World, after: int
) -> None:
    running = subprocess.Popen(
        fops.words(*WORDS), cwd=fops.root, env=fops.environment(world.env), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while len(world.writes) < after and running.poll() is None:
        time.sleep(0.001)
    running.kill()
    running.wait()

    made = onboard(fops, world)
    (pull,) = world.github.pulls(REPO)
    assert (made["branch"], made["commit"]) == (BRANCH, pull.head_sha)
    assert made["pr_url"] == f"{ADDRESS}/pull/{pull.number}"
    assert world.github.parents(REPO, pull.head_sha) == (world.github.tip(REPO, "main"),)
    assert fops("audit", "verify").returncode == 0
