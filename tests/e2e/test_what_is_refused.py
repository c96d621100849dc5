"""Input that is no deployable repository ends with a reason, an exit code and nothing left behind."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.git_server import git_server
from factories.repositories import (
    API,
    DATASET,
    DOCS,
    LIBRARY,
    RUBY,
    SITE,
    bare,
    branches,
    folder,
    git,
    repository,
)


def assert_nothing_made(fops: Fops) -> None:
    assert fops.proposals == []
    assert list(fops.temporary.iterdir()) == []


def test_a_path_that_does_not_exist_is_no_repository(fops: Fops) -> None:
    assert "no folder here" in error_of(fops("onboard", "repo", "./nowhere"), 1)


def test_a_file_is_no_repository(fops: Fops, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    assert "no folder" in error_of(fops("onboard", "repo", file), 1)
    assert_nothing_made(fops)


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_a_host_that_does_not_answer_is_an_outside_failure(fops: Fops, closed_port: int) -> None:
    said = error_of(fops("onboard", "repo", f"http://127.0.0.1:{closed_port}/acme/shop.git"), 5)
    assert f"127.0.0.1:{closed_port}" in said
    assert "cannot be reached" in said
    assert_nothing_made(fops)


def test_a_private_repository_asks_for_a_sign_in_and_never_for_a_password(fops: Fops, tmp_path: Path) -> None:
    with git_server(tmp_path) as forge:
        said = error_of(fops("onboard", "repo", f"{forge}/private/shop.git"), 4)
    assert "asks for a sign-in" in said
    assert "credential helper" in said
    assert_nothing_made(fops)


def test_an_empty_folder_is_refused(fops: Fops, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    said = error_of(fops("onboard", "repo", empty), 1)
    assert said.startswith("error: an empty repository\nhint: add a program")
    assert_nothing_made(fops)


@pytest.mark.parametrize("flag", [[], ["--bare"]], ids=["work tree", "bare"])
@pytest.mark.parametrize("scheme", ["", "file://"], ids=["path", "file"])
def test_a_repository_without_a_commit_is_refused(
    fops: Fops, tmp_path: Path, flag: list[str], scheme: str
) -> None:
    git("init", "--quiet", *flag, str(tmp_path / "empty"))
    assert "empty" in error_of(fops("onboard", "repo", f"{scheme}{tmp_path / 'empty'}"), 1)
    assert_nothing_made(fops)


@pytest.mark.parametrize("files", [LIBRARY, DOCS, DATASET], ids=["library", "docs", "dataset"])
def test_what_is_no_application_is_refused_with_what_would_make_it_one(
    fops: Fops, tmp_path: Path, files: dict[str, str]
) -> None:
    path = repository(tmp_path / "thing", files)
    assert "hint:" in error_of(fops("onboard", "repo", path), 1)
    assert list(branches(path)) == ["main"]
    assert_nothing_made(fops)


@pytest.mark.parametrize("files", [LIBRARY, DOCS, DATASET], ids=["library", "docs", "dataset"])
def test_explain_says_why_something_is_no_application(
    fops: Fops, tmp_path: Path, files: dict[str, str]
) -> None:
    done = fops("onboard", "explain", folder(tmp_path / "thing", files), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["deployable"] is False
    assert json.loads(done.stdout)["reason"]


def test_a_language_not_supported_yet_is_named_as_an_application(fops: Fops, tmp_path: Path) -> None:
    done = fops("onboard", "explain", folder(tmp_path / "blog", RUBY), "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["deployable"] is True
    assert answer["reason"] == "ruby: not supported yet"


def test_a_language_not_supported_yet_is_not_onboarded(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "blog", RUBY)
    assert "ruby: not supported yet" in error_of(fops("onboard", "repo", path), 1)
    assert list(branches(path)) == ["main"]
    assert_nothing_made(fops)


def test_a_target_that_cannot_be_is_refused_with_why(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "shop", API)
    assert "static" in error_of(fops("onboard", "repo", path, "--target", "static"), 1)
    assert list(branches(path)) == ["main"]
    assert_nothing_made(fops)


def test_a_folder_named_by_path_must_be_there(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "shop", API)
    assert "nowhere" in error_of(fops("onboard", "repo", path, "--path", "nowhere"), 1)


def test_a_reference_must_be_there(fops: Fops, tmp_path: Path) -> None:
    path = bare(tmp_path / "site.git", repository(tmp_path / "site", SITE))
    assert "'v9'" in error_of(fops("onboard", "repo", path, "--ref", "v9"), 1)
    assert "'v9'" in error_of(fops("onboard", "repo", f"file://{path}", "--ref", "v9"), 1)
    assert_nothing_made(fops)


@pytest.mark.parametrize(
    "name", ["Prod", "pre_prod", "-prod", "prod-", "a" * 64, "a.b", "", "prod;x", "a/b", "über"]
)
def test_an_environment_name_that_is_no_dns_label_is_wrong_usage(
    fops: Fops, tmp_path: Path, name: str
) -> None:
    error_of(fops("onboard", "repo", folder(tmp_path / "site", SITE), f"--env={name}"), 2)
    assert_nothing_made(fops)
