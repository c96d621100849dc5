"""A repository, an address or a reference made to do harm: nothing runs, nothing outside is read, nothing explodes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from factories.repositories import API, commit, folder, git, repository
from fops.kernel import git as plumbing
from fops.kernel.errors import FopsError, LimitExceeded, UnsafeInput
from fops.kernel.git import NewFile, Signature
from fops.onboarding.detect import detect
from fops.onboarding.fetch import check_folder, check_reference, fetch, locate
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.fetch.tree import MAX_FILE, FolderTree, MemoryTree


@pytest.mark.parametrize("what", [
    "--upload-pack=touch marker", "-uexample.org", "-", "", "ext::sh -c 'touch marker'", "fd::17/x", "foo::bar",
    "ext::sh -c touch%20marker://x", "ext://x", "ftp://example.org/x", "git://example.org/x", "javascript://x",
    "https://-oProxyCommand=x/y", "ssh://-oProxyCommand=touch%20marker/x", "https://-x@example.org/y", "https:///x",
    "https://[::1", "file://host\n/x", "acme/shop\n", "https://example.org/a\rb", "a\x00b", "acme/\x1b[31mshop", "\x7f",
])  # fmt: skip
def test_an_address_that_smuggles_something_in_is_refused(what: str) -> None:
    with pytest.raises(UnsafeInput):
        locate(what)


@pytest.mark.parametrize(
    "what", ["git@-oProxyCommand=touch:x", "git@-x:acme/shop", "git@host::x", "a b@host:x"]
)
def test_a_short_ssh_address_that_is_none_never_reaches_git(what: str) -> None:
    with pytest.raises(FopsError):
        locate(what)


def test_a_refused_address_does_not_repeat_its_password() -> None:
    for what in (
        "https://ada:hunter2@example.org/\n",
        "ftp://ada:hunter2@example.org",
        "https://a:hunter2@[::1/x",
    ):
        with pytest.raises(UnsafeInput) as caught:
            locate(what)
        assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("ref", [
    "--upload-pack=x", "-b", "", "a..b", "../x", "a b", "a\nb", "a\x00", "x.lock", "x/", "HEAD@{1}", "main:secret",
    "main^{/x}", "a~1", "*", "é",
])  # fmt: skip
def test_a_reference_that_is_no_name_is_refused(ref: str) -> None:
    with pytest.raises(UnsafeInput):
        check_reference(ref)


def test_a_folder_whose_name_no_document_can_hold_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9")
    path.mkdir()
    monkeypatch.chdir(path)
    for what in (str(path), "."):
        with pytest.raises(UnsafeInput, match=r"caf\\udce9"):
            locate(what)


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "/etc", "-x", "..\\x", "a\\..\\..\\x"])
def test_a_folder_outside_the_repository_is_refused(path: str) -> None:
    with pytest.raises(UnsafeInput):
        check_folder(path)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", {**API, ".gitattributes": "*.md filter=plain\n*.txt filter=a=b\n",
                                          "README.md": "# Shop\n", "notes.txt": "12345\n"})  # fmt: skip


def _script(tmp_path: Path) -> tuple[Path, Path]:
    """A program that leaves a mark, and the mark."""
    marker, script = tmp_path / "marker", tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{marker}'\n")
    script.chmod(0o755)
    return script, marker


def _use_everything(path: Path) -> None:
    """Read the repository as onboarding does, and write a branch into it."""
    with fetch(str(path)) as fetched:
        for name in fetched.tree.files:
            fetched.tree.read(name)
        repo, base = fetched.repository, fetched.source.commit
        assert repo is not None
    who = Signature("Ada", "ada@example.org", "1700000000 +0000")
    made = plumbing.commit_files(repo, [NewFile("x.md", b"x\n")], base=base, message="x\n", signature=who)
    plumbing.set_branch(repo, "fops/onboard", made, expected=None)
    plumbing.patch(repo, made)


def _touch_all(path: Path) -> None:
    """Make git compare contents: the same bytes with another time."""
    for file in path.iterdir():
        if file.is_file():
            os.utime(file, (1, 1))


TRAPS: dict[str, Callable[[Path, str], object]] = {
    "fsmonitor": lambda path, script: git("config", "core.fsmonitor", script, cwd=path),
    "clean filter": lambda path, script: git("config", "filter.plain.clean", script, cwd=path),
    "clean filter with a sign in its name": lambda path, script: git("config", "filter.a=b.clean", script, cwd=path),
    "process filter": lambda path, script: git("config", "filter.plain.process", script, cwd=path),
    "hook on index changes": lambda path, script: (path / ".git/hooks/post-index-change").symlink_to(script),
    "hook on references": lambda path, script: (path / ".git/hooks/reference-transaction").symlink_to(script),
    "hooks elsewhere": lambda path, script: (
        folder(path / "hooks", {}), (path / "hooks/reference-transaction").symlink_to(script),
        git("config", "core.hooksPath", str(path / "hooks"), cwd=path),
    ),
    "external diff": lambda path, script: git("config", "diff.external", script, cwd=path),
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_nothing_a_repository_brings_along_is_run(
    trap: Callable[[Path, str], object], shop: Path, tmp_path: Path
) -> None:
    script, marker = _script(tmp_path)
    trap(shop, str(script))
    _touch_all(shop)
    _use_everything(shop)
    assert not marker.exists()
    # The same steps by a careless git show that the trap is one.
    for words in (
        ["status"],
        ["update-ref", "refs/heads/z", "HEAD"],
        ["-c", "core.bare=false", "diff", "HEAD~0", "fops/onboard"],
    ):
        subprocess.run(["git", *words], cwd=shop, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert marker.exists()


def test_a_missing_object_is_not_fetched_by_a_program_the_repository_names(
    shop: Path, tmp_path: Path
) -> None:
    script, marker = _script(tmp_path)
    blob = git("rev-parse", "HEAD:README.md", cwd=shop)
    settings = {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "evil", "remote.evil.promisor": "true",
        "remote.evil.url": str(tmp_path / "shop"), "remote.evil.uploadpack": str(script),
    }  # fmt: skip
    for key, value in settings.items():
        git("config", key, value, cwd=shop)
    (shop / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with contextlib.suppress(FopsError):  # newer versions of git read on without the object
        _use_everything(shop)
    assert not marker.exists()
    subprocess.run(
        ["git", "cat-file", "-p", blob], cwd=shop, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert marker.exists()


def _symlinks(path: Path, outside: Path) -> None:
    (path / "out.txt").symlink_to(outside)
    (path / "folder").symlink_to(outside.parent)
    (path / "loop").symlink_to(".")
    (path / "a").symlink_to("b")
    (path / "b").symlink_to("a")


@pytest.mark.parametrize("committed", [True, False])
def test_symlinks_out_of_the_tree_and_in_circles_are_no_files(
    committed: bool,  # noqa: FBT001 - a case's column
    shop: Path,
    tmp_path: Path,
) -> None:
    secret = tmp_path / "outside" / "secret.txt"
    folder(secret.parent, {"secret.txt": "do not read me"})
    before = set(FolderTree(shop).files)
    _symlinks(shop, secret)
    with fetch(str(commit(shop))) as fetched:
        tree = fetched.tree if committed else FolderTree(shop)
        assert set(tree.files) == before
        for path in ("out.txt", "folder/secret.txt", "loop/README.md", "../outside/secret.txt", str(secret)):
            assert tree.read(path) is None


def test_a_file_that_became_a_symlink_after_listing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("do not read me")
    path = folder(tmp_path / "tree", {"a.txt": "a"})
    tree = FolderTree(path)
    (path / "a.txt").unlink()
    (path / "a.txt").symlink_to(tmp_path / "secret")
    assert tree.read("a.txt") is None


def test_pipes_and_sockets_are_no_files_and_do_not_block(tmp_path: Path) -> None:
    path = folder(tmp_path / "tree", {"a.txt": "a"})
    os.mkfifo(path / "pipe")
    assert FolderTree(path).files == ("a.txt",)


NAMES = [
    b"line\nbreak.txt", b"tab\there.txt", b"quote\"s and 'ticks.txt", b"$(touch marker).txt", b"; rm -rf ~.txt",
    b"caf\xe9.txt", b"\xff\xfe.txt", "abc\u202egnp.txt".encode(), "\u200b.txt".encode(), b"-rf", b"--help", b"\\back.txt",
]  # fmt: skip


def test_names_of_every_kind_are_listed_and_read_in_folder_and_commit_alike(shop: Path) -> None:
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(shop) + b"/" + name)).write_bytes(name)
    with fetch(str(commit(shop))) as fetched:
        assert fetched.tree.files == FolderTree(shop).files
        for name in NAMES:
            path = os.fsdecode(name)
            assert path in fetched.tree.files
            assert fetched.tree.read(path) == FolderTree(shop).read(path) == name.decode("utf-8", "replace")
        assert detect(fetched.tree).deployable


def test_more_files_than_allowed_are_refused(shop: Path) -> None:
    folder(shop, {f"many/{number}.txt": "" for number in range(30)})
    repo = plumbing.find_repository(commit(shop))
    assert repo is not None
    with pytest.raises(LimitExceeded, match="more than 20"):
        GitTree(repo, "HEAD", max_files=20)
    with pytest.raises(LimitExceeded, match="more than 20"):
        FolderTree(shop, max_files=20)


def test_more_empty_folders_than_allowed_are_refused(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(LimitExceeded):
        FolderTree(tmp_path, max_files=20)


def test_few_objects_that_stand_for_ten_thousand_million_files_are_refused_soon(tmp_path: Path) -> None:
    path = tmp_path / "bomb.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(path))
    row = f"100644 blob {git('hash-object', '-w', '--stdin', cwd=path, stdin=b'x')}"
    for _ in range(10):
        rows = "".join(f"{row}\tf{number}\n" for number in range(10))
        row = f"040000 tree {git('mktree', cwd=path, stdin=rows.encode())}"
    tree = row.split()[-1]
    git("update-ref", "refs/heads/main", git("commit-tree", tree, "-m", "bomb", cwd=path), cwd=path)
    started = time.monotonic()
    with pytest.raises(LimitExceeded), fetch(str(path)):
        pass
    assert time.monotonic() - started < 20


def test_a_very_large_file_is_neither_read_nor_a_problem(tmp_path: Path) -> None:
    path = folder(tmp_path / "tree", API)
    with (path / "package.json").open("wb") as large:
        large.truncate(2 * 1024**3)
    tree = FolderTree(path)
    assert tree.read("package.json") is None
    assert (tree.size("package.json") or 0) > MAX_FILE
    assert detect(tree).deployable


def test_yaml_that_explodes_stops_no_detection() -> None:
    levels = "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    started = time.monotonic()
    findings = detect(MemoryTree({**API, "compose.yaml": f"a0: &a0 x\n{levels}"}))
    assert findings.deployable
    assert any("compose.yaml" in note for note in findings.notes)
    assert time.monotonic() - started < 5
