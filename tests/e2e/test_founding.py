"""The founding promise: one request to a running server, and the pull request stands on GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from factories.commands import Fops, error_of
from factories.github import ADDRESS, REPO, World, a_world
from factories.repositories import git
from factories.server import Server, a_server
from fops.testing.github.fake import TOKEN


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with a_server(world.env) as running:
        yield running


def onboard(server: Server, **more: object) -> httpx2.Response:
    asked = {"repo_url": ADDRESS, "target": "k8s", "environments": ["staging", "prod"], **more}
    return httpx2.post(f"{server.url}/api/onboard/repo", json=asked, timeout=60)


def test_a_repository_is_onboarded_by_one_request_and_explained_to_the_line(
    world: World, server: Server
) -> None:
    answer = onboard(server)

    assert answer.status_code == 200, answer.text
    result = answer.json()
    (pull,) = world.github.pulls(REPO)
    assert result["pr_url"] == f"{ADDRESS}/pull/{pull.number}"
    assert (pull.base, pull.head, pull.head_sha) == ("main", result["branch"], result["commit"])
    assert "Dockerfile" in str(pull.body)
    there = git("ls-tree", "-r", result["commit"], cwd=world.github.root / f"{REPO}.git")
    files = {row.partition("\t")[2]: row.split()[0] for row in there.splitlines()}
    assert {one["path"] for one in result["files"]} <= set(files)
    assert (files["scripts/deploy.sh"], files["Dockerfile"]) == ("100755", "100644")
    assert world.github.parents(REPO, result["commit"]) == (world.github.tip(REPO, "main"),)

    why = server.fops("why", result["proposal"])
    assert why.returncode == 0
    assert "requirements.txt:1" in why.stdout
    by_address = server.fops("why", result["pr_url"])
    assert (by_address.returncode, result["proposal"] in by_address.stdout) == (0, True)
    (ended,) = [
        json.loads(row)
        for row in server.fops("audit", "list", "--json").stdout.splitlines()
        if json.loads(row)["outcome"] == "succeeded"
    ]
    assert (ended["action"], ended["details"]["result"]["pr_url"]) == ("github.create_pr", result["pr_url"])
    assert "github.create_pr" in server.fops("why", ended["id"]).stdout

    again = onboard(server).json()
    assert (again["status"], again["pr_url"], again["proposal"]) == (
        "nothing-to-do", result["pr_url"], result["proposal"],
    )  # fmt: skip
    everything = "".join(path.read_text(errors="replace") for path in server.fops.home.rglob("*") if path.is_file())  # fmt: skip
    assert TOKEN not in everything


def test_a_command_does_as_a_request_does_where_it_is_told_to(world: World, tmp_path: Path) -> None:
    fops = Fops(tmp_path / "fops-root")
    words = ("onboard", "repo", ADDRESS, "--provider", "github")

    dry = fops("--dry-run", *words, "--json", env=world.env)
    assert (dry.returncode, json.loads(dry.stdout)["status"]) == (0, "planned")
    assert world.writes == []

    done = fops(*words, env=world.env)
    assert done.returncode == 0, done.stderr
    assert f"{ADDRESS}/pull/1" in done.stdout
    assert TOKEN not in done.stdout + done.stderr

    world.github.forget()
    checked = fops("onboard", "repo", ADDRESS, "--check", "--json", env=world.env)
    assert (checked.returncode, json.loads(checked.stdout)["pr_url"]) == (0, f"{ADDRESS}/pull/1")
    assert world.writes == []

    local = fops("onboard", "repo", ADDRESS, "--json", env=world.env)
    assert json.loads(local.stdout)["pr_url"].startswith("file://")
    assert world.writes == []


def test_without_a_token_a_command_is_told_what_to_set(world: World, tmp_path: Path) -> None:
    env = {name: value for name, value in world.env.items() if name != "GITHUB_TOKEN"}
    said = error_of(Fops(tmp_path / "fops-root")("onboard", "repo", ADDRESS, "--provider", "github", env=env), 2)  # fmt: skip
    assert "hint: set GITHUB_TOKEN" in said
