"""What may be typed as a repository, a reference or a folder, and what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from fops.kernel.errors import NotFound
from fops.onboarding.fetch.address import check_folder, check_reference, locate, owner_and_name


def test_a_folder_that_exists_is_a_folder(tmp_path: Path) -> None:
    assert locate(str(tmp_path)) == tmp_path.resolve()


def test_owner_and_name_mean_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate("acme/shop") == "https://github.com/acme/shop.git"
    assert locate("acme/shop.js") == "https://github.com/acme/shop.js.git"


def test_a_folder_here_wins_over_a_repository_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme" / "shop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate("acme/shop") == (tmp_path / "acme" / "shop").resolve()


@pytest.mark.parametrize("address", [
    "https://example.org/acme/shop.git", "http://example.org/shop", "ssh://git@example.org:2222/acme/shop.git",
    "git@example.org:acme/shop.git",
])  # fmt: skip
def test_an_address_goes_to_git_as_it_is(address: str) -> None:
    assert locate(address) == address


@pytest.mark.parametrize("what", [
    "nothing", "a/b/c", "acme/", "/nowhere/folder", "file:///nowhere/folder", "a" * 5000, "a/" * 3000, "~nobody-here/x",
])  # fmt: skip
def test_what_is_neither_folder_nor_address_is_not_found(what: str) -> None:
    with pytest.raises(NotFound):
        locate(what)


def test_a_circle_of_links_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(NotFound):
        locate(str(tmp_path / "a"))


@pytest.mark.parametrize("ref", [None, "main", "v1.2.3", "feature/a_b", "release@2026", "0" * 40])
def test_names_of_branches_tags_and_commits_are_references(ref: str | None) -> None:
    check_reference(ref)


@pytest.mark.parametrize(
    ("path", "clean"), [("apps/web", "apps/web"), ("./apps//web/", "apps/web"), (".", ".")]
)
def test_a_folder_of_the_repository_is_made_clean(path: str, clean: str) -> None:
    assert check_folder(path) == clean


@pytest.mark.parametrize(("url", "expected"), [
    ("https://github.com/acme/shop.git", ("acme", "shop")), ("git@example.org:acme/shop.git", ("acme", "shop")),
    ("ssh://git@example.org:2222/acme/shop", ("acme", "shop")), ("https://u:p@example.org/acme/team/shop/", ("team", "shop")),
    ("https://example.org/shop.git", (None, "shop")), ("/srv/git/shop.git", (None, None)), ("file:///srv/shop", (None, None)),
    ("", (None, None)),
])  # fmt: skip
def test_owner_and_name_are_read_from_a_remote(url: str, expected: tuple[str | None, str | None]) -> None:
    assert owner_and_name(url) == expected
