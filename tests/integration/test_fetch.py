"""From what a person types to a tree: folders, repositories, and a real server on loopback."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.git_server import PASSWORD, USER, git_server
from factories.repositories import API, bare, commit, folder, git, repository
from fops.kernel.clone import clone_bare
from fops.kernel.errors import (
    FopsError,
    LimitExceeded,
    NotAllowed,
    NotDeployable,
    NotFound,
    Unreachable,
    UsageError,
)
from fops.onboarding.fetch import fetch
from fops.onboarding.fetch.tree import MAX_FILE


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = repository(tmp_path / "work" / "shop", API)
    git("tag", "--annotate", "--message=one", "v1.0", cwd=path)
    git("checkout", "--quiet", "-b", "next/two", cwd=path)
    folder(path, {"second.txt": "two\n"})
    commit(path)
    git("checkout", "--quiet", "main", cwd=path)
    return path


@pytest.fixture
def server(shop: Path, tmp_path: Path) -> Iterator[str]:
    """A server with `acme/shop.git`, `acme/empty.git` and, for those who sign in, `private/shop.git`."""
    root = tmp_path / "served"
    for place in ("acme", "private"):
        (root / place).mkdir(parents=True)
        bare(root / place / "shop.git", shop)
    git("init", "--quiet", "--bare", "--initial-branch=main", str(root / "acme" / "empty.git"))
    with git_server(root) as address:
        yield address


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback that is taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where clones lie while they are read."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def test_a_repository_is_cloned_over_http_read_and_gone_afterwards(
    server: str, shop: Path, temporary: Path
) -> None:
    with fetch(f"{server}/acme/shop.git") as fetched:
        assert fetched.tree.files == tuple(sorted(API))
        assert fetched.tree.read(".python-version") == "3.13\n"
        assert fetched.clone
        source = fetched.source
        assert any(temporary.iterdir())
    assert (source.owner, source.name, source.default_branch) == ("acme", "shop", "main")
    assert source.commit == git("rev-parse", "main", cwd=shop)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("ref", "second"), [("next/two", True), ("v1.0", False), ("main", False)])
def test_a_branch_or_tag_is_cloned_when_named(server: str, ref: str, second: bool) -> None:  # noqa: FBT001 - a case's column
    with fetch(f"{server}/acme/shop.git", ref=ref) as fetched:
        assert ("second.txt" in fetched.tree.files) is second
        assert fetched.source.ref == ref


def test_a_reference_that_is_not_there_is_not_found(server: str, shop: Path) -> None:
    for what in (f"{server}/acme/shop.git", str(shop)):
        with pytest.raises(NotFound, match="none-such"), fetch(what, ref="none-such"):
            pass


def test_a_private_repository_without_a_sign_in_is_not_allowed(server: str) -> None:
    with pytest.raises(NotAllowed) as caught, fetch(f"{server}/private/shop.git"):
        pass
    assert "credential helper" in caught.value.hint


def test_credentials_in_an_address_open_it_and_appear_nowhere(server: str) -> None:
    address = server.replace("://", f"://{USER}:{PASSWORD}@") + "/private/shop.git"
    with fetch(address) as fetched:
        assert fetched.tree.read(".python-version") == "3.13\n"
        assert PASSWORD not in f"{fetched.source}{fetched.notes}"
        assert USER not in fetched.source.url
        assert fetched.repository is not None
        assert PASSWORD not in (fetched.repository.git_dir / "config").read_text()


@pytest.mark.parametrize("place", ["private/shop.git", "acme/none.git", "acme/empty.git"])
def test_wrong_credentials_are_not_repeated_in_an_error(server: str, place: str) -> None:
    address = server.replace("://", "://ada:hunter2@") + f"/{place}"
    with pytest.raises(FopsError) as caught, fetch(address):
        pass
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"


def test_a_repository_that_is_not_there_is_not_found(server: str) -> None:
    with pytest.raises(NotFound), fetch(f"{server}/acme/none.git"):
        pass


def test_an_empty_repository_is_not_deployable(server: str) -> None:
    with pytest.raises(NotDeployable, match="empty"), fetch(f"{server}/acme/empty.git"):
        pass


@pytest.mark.parametrize("name", ["shop.git", "401.git", "404.git"])
def test_a_host_that_does_not_answer_is_unreachable(closed_port: int, temporary: Path, name: str) -> None:
    with pytest.raises(Unreachable), fetch(f"http://127.0.0.1:{closed_port}/acme/{name}"):
        pass
    assert list(temporary.iterdir()) == []


def test_a_server_that_never_answers_is_given_up_in_time(temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/acme/shop.git"
        with pytest.raises(LimitExceeded, match="git did not end"), fetch(address, timeout=0.5):
            pass
    assert list(temporary.iterdir()) == []


def test_a_large_file_is_listed_but_not_brought(server: str, shop: Path, tmp_path: Path) -> None:
    folder(shop, {"film.bin": b"x" * (MAX_FILE + 1)})
    commit(shop)
    git("push", "--quiet", str(tmp_path / "served" / "acme" / "shop.git"), "main", cwd=shop)
    with fetch(f"{server}/acme/shop.git") as fetched:
        assert "film.bin" in fetched.tree.files
        assert (fetched.tree.read("film.bin"), fetched.tree.size("film.bin")) == (None, None)


def test_a_repository_larger_than_allowed_is_not_cloned(server: str, tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="more than 100 bytes"):
        clone_bare(
            f"{server}/acme/shop.git", tmp_path / "x.git", ref=None, timeout=60, max_blob=9, max_bytes=100
        )


def test_a_work_tree_is_read_at_its_last_commit_and_the_dirt_is_noted(shop: Path) -> None:
    folder(shop, {".python-version": "3.9\n"})
    with fetch(str(shop)) as fetched:
        assert fetched.tree.read(".python-version") == "3.13\n"
        assert fetched.source.dirty
        assert "uncommitted" in fetched.notes[0]
        assert not fetched.clone
        assert fetched.source.name == "shop"


def test_a_bare_repository_and_its_file_address_are_read(shop: Path, tmp_path: Path) -> None:
    path = bare(tmp_path / "with space.git", shop)
    for what in (str(path), f"file://{path}", f"file://{path}".replace(" ", "%20")):
        with fetch(what) as fetched:
            assert fetched.tree.files == tuple(sorted(API))


def test_a_local_commit_can_be_named(shop: Path) -> None:
    second = git("rev-parse", "next/two", cwd=shop)
    with fetch(str(shop), ref=second) as fetched:
        assert fetched.source.commit == second


def test_a_plain_folder_is_read_without_git(tmp_path: Path) -> None:
    path = folder(tmp_path / "plain", API)
    with fetch(str(path)) as fetched:
        assert fetched.tree.files == tuple(sorted(API))
        assert (fetched.repository, fetched.source.commit, fetched.source.name) == (None, None, "plain")
    with pytest.raises(UsageError, match="no git repository"), fetch(str(path), ref="main"):
        pass


def test_the_owner_comes_from_the_remote_and_its_password_does_not(shop: Path) -> None:
    git("remote", "add", "origin", "https://ada:hunter2@example.org/acme/web-shop.git", cwd=shop)
    with fetch(str(shop)) as fetched:
        assert (fetched.source.owner, fetched.source.name) == ("acme", "web-shop")
        assert "hunter2" not in repr(fetched.source)


def test_a_file_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotDeployable, match="no folder"), fetch(str(tmp_path / "file")):
        pass
