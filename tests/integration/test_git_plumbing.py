"""Commits and branches are made beside the work tree, which nobody touches; reading is exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from factories.repositories import bare, branches, commit, git, repository, state
from fops.kernel import git as plumbing
from fops.kernel.errors import FopsError, LimitExceeded, StorageFailed
from fops.kernel.git import BlobReader, NewFile, Repository, Signature

WHO = Signature("Ada", "ada@example.org", "1700000000 +0000")
FILES = [NewFile("fops.yaml", b"a: 1\n"), NewFile("scripts/deploy.sh", b"#!/bin/sh\n", executable=True)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", {"README.md": "# Shop\n", "src/a.py": "x = 1\n"})


def _open(path: Path) -> Repository:
    found = plumbing.find_repository(path)
    assert found is not None
    return found


def test_only_the_top_of_a_work_tree_or_a_bare_repository_is_one(shop: Path, tmp_path: Path) -> None:
    assert _open(shop) == Repository(shop / ".git", shop)
    mirror = bare(tmp_path / "shop.git", shop)
    assert _open(mirror) == Repository(mirror, None)
    assert plumbing.find_repository(shop / "src") is None
    assert plumbing.find_repository(tmp_path) is None


def test_a_linked_work_tree_is_a_repository_too(shop: Path, tmp_path: Path) -> None:
    git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"), cwd=shop)
    linked = _open(tmp_path / "linked")
    assert linked.work_tree == tmp_path / "linked"
    assert plumbing.current_branch(linked) == "other"


def test_a_commit_and_its_branch_leave_work_tree_and_index_untouched(shop: Path) -> None:
    (shop / "README.md").write_text("changed\n")
    (shop / "new.txt").write_text("staged\n")
    git("add", "new.txt", cwd=shop)
    before = state(shop)
    repo = _open(shop)
    base = plumbing.resolve(repo, "HEAD")
    made = plumbing.commit_files(repo, FILES, base=base, message="Add delivery\n", signature=WHO)
    assert state(shop) == before
    plumbing.set_branch(repo, "fops/onboard", made, expected=None)
    assert branches(shop) == {"main": base, "fops/onboard": made}
    assert git("status", "--porcelain", cwd=shop) == "M README.md\nA  new.txt".replace("M", " M", 1)
    listing = git("ls-tree", "-r", "--format=%(objectmode) %(path)", made, cwd=shop)
    assert listing.splitlines() == [
        "100644 README.md", "100644 fops.yaml", "100755 scripts/deploy.sh", "100644 src/a.py",
    ]  # fmt: skip


def test_the_same_files_on_the_same_base_are_the_same_commit(shop: Path) -> None:
    repo = _open(shop)
    base = plumbing.resolve(repo, "HEAD")
    made = {plumbing.commit_files(repo, FILES, base=base, message="Add\n", signature=WHO) for _ in range(2)}
    assert len(made) == 1


def test_a_first_commit_needs_no_base(tmp_path: Path) -> None:
    repo = plumbing.init_bare(tmp_path / "new.git")
    made = plumbing.commit_files(repo, FILES, base=None, message="First\n", signature=WHO)
    plumbing.set_branch(repo, "main", made, expected=None)
    assert plumbing.resolve(repo, "main") == made


def test_a_branch_somebody_moved_is_not_overwritten(shop: Path) -> None:
    repo = _open(shop)
    first = plumbing.resolve(repo, "HEAD") or ""
    made = plumbing.commit_files(repo, FILES, base=first, message="Add\n", signature=WHO)
    for expected in (None, made):
        with pytest.raises(FopsError):
            plumbing.set_branch(repo, "main", made, expected=expected)
    assert branches(shop) == {"main": first}


def test_files_are_written_byte_by_byte_whatever_attributes_say(shop: Path) -> None:
    (shop / ".gitattributes").write_text("* text eol=crlf ident\n")
    repo = _open(commit(shop))
    file = NewFile("x.txt", b"a\nb\r\n$Id$\n")
    made = plumbing.commit_files(
        repo, [file], base=plumbing.resolve(repo, "HEAD"), message="x\n", signature=WHO
    )
    entry = next(entry for entry in plumbing.list_files(repo, made, max_files=10) if entry.path == "x.txt")
    with BlobReader(repo) as blobs:
        assert blobs.read(entry.object_id) == file.data
        assert blobs.read("0" * 40) is None


def test_a_patch_can_be_applied_elsewhere(shop: Path, tmp_path: Path) -> None:
    repo = _open(shop)
    made = plumbing.commit_files(
        repo, FILES, base=plumbing.resolve(repo, "HEAD"), message="Add\n", signature=WHO
    )
    other = repository(tmp_path / "other", {"README.md": "# Shop\n", "src/a.py": "x = 1\n"})
    git("am", "--quiet", cwd=other, stdin=plumbing.patch(repo, made))
    assert (other / "scripts/deploy.sh").read_bytes() == b"#!/bin/sh\n"


def test_reading_lists_regular_files_and_says_how_large_they_are(shop: Path) -> None:
    (shop / "link").symlink_to("README.md")
    repo = _open(commit(shop))
    head = plumbing.resolve(repo, "HEAD") or ""
    entries = {entry.path: entry for entry in plumbing.list_files(repo, head, max_files=10)}
    regular = {path for path, entry in entries.items() if entry.mode.startswith("100")}
    assert regular == {"README.md", "src/a.py"}
    assert entries["README.md"].size == 7
    with pytest.raises(LimitExceeded):
        list(plumbing.list_files(repo, head, max_files=2))


def test_a_blob_that_is_not_here_has_no_size(shop: Path) -> None:
    repo = _open(shop)
    head = plumbing.resolve(repo, "HEAD") or ""
    absent = next(
        entry for entry in plumbing.list_files(repo, head, max_files=10) if entry.path == "src/a.py"
    )
    (repo.git_dir / "objects" / absent.object_id[:2] / absent.object_id[2:]).unlink()
    sizes = {entry.path: entry.size for entry in plumbing.list_files(repo, head, max_files=10)}
    assert sizes == {"README.md": 7, "src/a.py": None}


def test_a_clean_tree_is_clean_and_any_change_makes_it_dirty(shop: Path, tmp_path: Path) -> None:
    (shop / "link").symlink_to("README.md")
    repo = _open(commit(shop))
    assert not plumbing.is_dirty(repo)
    assert not plumbing.is_dirty(_open(bare(tmp_path / "bare.git", shop)))
    (shop / "untracked").touch()
    assert plumbing.is_dirty(repo)


def test_revisions_are_resolved_and_what_is_none_is_none(shop: Path) -> None:
    git("tag", "--annotate", "--message=one", "v1", cwd=shop)
    repo = _open(shop)
    head = plumbing.resolve(repo, "HEAD")
    assert head == plumbing.resolve(repo, "v1") == plumbing.resolve(repo, "main")
    assert plumbing.resolve(repo, "none") is None
    assert plumbing.resolve(repo, "--all") is None
    assert plumbing.is_ancestor(repo, head or "", head or "")


def test_a_remote_and_a_user_are_read_from_the_configuration(shop: Path) -> None:
    repo = _open(shop)
    assert plumbing.remote_url(repo) is None
    assert plumbing.user(repo) is None
    for key, value in (
        ("remote.origin.url", "git@example.org:a/b"),
        ("user.name", "Ada"),
        ("user.email", "a@b.c"),
    ):
        git("config", key, value, cwd=shop)
    assert plumbing.remote_url(repo) == "git@example.org:a/b"
    assert plumbing.user(repo) == ("Ada", "a@b.c")


def test_a_repository_that_cannot_be_written_is_a_failure_of_storage(shop: Path) -> None:
    repo = _open(shop)
    head = plumbing.resolve(repo, "HEAD")
    objects = shop / ".git" / "objects"
    objects.rename(shop / ".git" / "kept")
    objects.symlink_to("/proc")  # readable, and nobody can write there, root neither
    with pytest.raises(FopsError) as caught:
        plumbing.commit_files(repo, FILES, base=None, message="x\n", signature=WHO)
    assert isinstance(caught.value, StorageFailed), caught.value
    assert head
