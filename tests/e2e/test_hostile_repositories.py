"""Repositories that are huge, broken or made to do harm: a clear answer, and nothing is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.repositories import API, SITE, branches, commit, folder, git, repository

GIGABYTES_2 = 2 * 1024**3


def test_a_folder_with_a_file_of_two_gigabytes_is_onboarded_without_reading_it(
    fops: Fops, tmp_path: Path
) -> None:
    path = folder(tmp_path / "site", SITE)
    with (path / "film.html").open("wb") as film:
        film.truncate(GIGABYTES_2)
    done = fops("onboard", "repo", path, "--fields", "status,commit,repository")
    assert done.returncode == 0, done.stderr
    proposal = fops.proposals[0]
    assert "film.html" not in git("ls-tree", "-r", "--name-only", "main", cwd=proposal / "repository.git")


def _with_many_files(path: Path, count: int) -> Path:
    """A bare repository whose commit has `count` files, written as four objects."""
    git("init", "--quiet", "--bare", "--initial-branch=main", str(path))
    blob = git("hash-object", "-w", "--stdin", cwd=path, stdin=b"x\n")
    inner = git(
        "mktree", cwd=path, stdin="".join(f"100644 blob {blob}\t{n}.txt\n" for n in range(500)).encode()
    )
    rows = "".join(f"040000 tree {inner}\td{n}\n" for n in range(count // 500))
    top = git("mktree", cwd=path, stdin=rows.encode())
    git("update-ref", "refs/heads/main", git("commit-tree", top, "-m", "many", cwd=path), cwd=path)
    return path


def test_a_repository_with_two_hundred_thousand_files_is_refused(fops: Fops, tmp_path: Path) -> None:
    path = _with_many_files(tmp_path / "many.git", 200_000)
    assert "200000 files" in error_of(fops("onboard", "repo", path), 1)
    assert "200000 files" in error_of(fops("onboard", "repo", f"file://{path}"), 1)
    assert list(branches(path)) == ["main"]
    assert list(fops.temporary.iterdir()) == []


def test_symlinks_in_circles_or_out_of_the_folder_are_not_followed(fops: Fops, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("do not read me")
    path = folder(tmp_path / "site", SITE)
    (path / "loop").symlink_to(".")
    (path / "a").symlink_to("b")
    (path / "b").symlink_to("a")
    (path / "out").symlink_to(tmp_path)
    (path / "secret.html").symlink_to(secret)
    done = fops("onboard", "repo", path, "--json")
    assert done.returncode == 0, done.stderr
    listing = git("ls-tree", "-r", "--name-only", "main", cwd=fops.proposals[0] / "repository.git")
    assert set(listing.splitlines()) == set(SITE)


def test_files_are_never_written_through_a_symlink_that_leads_outside(fops: Fops, tmp_path: Path) -> None:
    outside = folder(tmp_path / "outside", {})
    path = folder(tmp_path / "site", SITE)
    output = folder(tmp_path / "output", {})
    (output / "scripts").symlink_to(outside)
    assert "leaves" in error_of(fops("onboard", "repo", path, "--output", output), 2)
    assert list(outside.iterdir()) == []
    assert [one.name for one in output.iterdir()] == ["scripts"]


def test_a_link_in_the_place_of_our_folder_stays_and_ours_goes_beside_it(fops: Fops, tmp_path: Path) -> None:
    outside = folder(tmp_path / "outside", {})
    path = folder(tmp_path / "site", {**SITE, "docs": "a file, no folder"})
    (path / "scripts").symlink_to(outside)
    (path / "fops.yaml").symlink_to("style.css")
    repository(path, {})
    done = fops("onboard", "repo", path, "--json")
    assert done.returncode == 0, done.stderr
    branch = json.loads(done.stdout)["branch"]
    kept = ("docs", "fops.yaml", "scripts")
    assert git("ls-tree", branch, *kept, cwd=path) == git("ls-tree", "main", *kept, cwd=path)
    beside = git("ls-tree", "-r", "--name-only", branch, ".fops/proposed", cwd=path).splitlines()
    assert {
        f".fops/proposed/{name}" for name in ("docs/runbook.md", "fops.yaml", "scripts/deploy.sh")
    } <= set(beside)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", [".fops", ".fops/proposed"])
@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_in_the_place_of_our_own_records_is_never_replaced(
    fops: Fops, tmp_path: Path, name: str, kind: str
) -> None:
    path = folder(tmp_path / "site", SITE)
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).symlink_to(tmp_path) if kind == "link" else (path / name).write_text("mine\n")
    repository(path, {})
    for words in ([], ["--output", tmp_path / "out"], ["--check"]):
        said = error_of(fops("onboard", "repo", path, *words), 1)
        assert f"{name} is no folder in the repository" in said
        assert "hint: rename" in said
    assert list(branches(path)) == ["main"]
    assert fops.proposals == []


HOSTILE_NAMES = [
    b"a\nb.html",
    b"q\"uo'te$(touch x)`y`.html",
    b"\xff\xfe.html",
    "\u202egnp.html".encode(),
    b" -rf.html",
]


def test_file_names_of_every_kind_go_through_unharmed(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "site", SITE)
    for name in HOSTILE_NAMES:
        Path(os.fsdecode(os.fsencode(path) + b"/" + name)).write_text("<p>")
    commit(path)
    done = fops("onboard", "repo", path, "--json")
    assert done.returncode == 0, done.stderr
    names = git("ls-tree", "-r", "-z", "--name-only", "HEAD", cwd=path)
    branch = next(name for name in branches(path) if name != "main")
    proposed = git("ls-tree", "-r", "-z", "--name-only", branch, cwd=path)
    assert set(names.split("\0")) <= set(proposed.split("\0"))


def test_a_plain_folder_with_file_names_of_every_kind_is_kept_as_it_is(fops: Fops, tmp_path: Path) -> None:
    path = folder(tmp_path / "site", SITE)
    for name in HOSTILE_NAMES:
        Path(os.fsdecode(os.fsencode(path) + b"/" + name)).write_text("<p>")
    done = fops("onboard", "repo", path, "--json")
    assert done.returncode == 0, done.stderr
    listing = git("ls-tree", "-r", "-z", "--name-only", "main", cwd=fops.proposals[0] / "repository.git")
    assert {os.fsdecode(name) for name in HOSTILE_NAMES} <= set(listing.split("\0"))


def test_what_is_printed_about_a_repository_cannot_steer_the_terminal(fops: Fops, tmp_path: Path) -> None:
    manifest = b'{"name": "a\\u001b[2Jb\\u202ec", "scripts": {"start": "node \\u001b]0;x\\u0007s.js"}}'
    path = repository(
        tmp_path / "shop", {"package.json": manifest, "s.js": "require('http').createServer().listen(80)"}
    )
    for words in (
        ["onboard", "explain", path],
        ["onboard", "repo", path],
        ["onboard", "repo", path, "--json"],
    ):
        done = fops(*words)
        assert "\x1b" not in done.stdout + done.stderr
        assert "\u202e" not in done.stdout + done.stderr


BROKEN = {
    "package.json": ["{", '{"name": 7, "scripts": [], "dependencies": "x"}', "[]", "", "\0\1", "[" * 100_000],
    "pyproject.toml": [
        "[project",
        "project = 3\n",
        "[project]\nname = 1\ndependencies = {}\n",
        "a=" + "[" * 5000,
    ],
    "compose.yaml": [
        "services: [",
        "a: &a [x, x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)}, ' * 40}]\n" for n in range(20)),
        "services: {web: 3}",
        "{" * 5000,
        "services: !!python/object/apply:os.system ['touch owned']\n",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name, texts in BROKEN.items() for text in texts],
    ids=lambda value: value[:12].replace("\0", "0").replace("\1", "1") if isinstance(value, str) else value,
)
def test_a_broken_file_is_reported_and_the_rest_is_still_read(
    fops: Fops, tmp_path: Path, name: str, text: str
) -> None:
    path = folder(tmp_path / "shop", {**API, name: text})
    done = fops("onboard", "explain", path, "--fields", "apps")
    assert done.returncode == 0, done.stderr
    assert '"fastapi"' in done.stdout
    assert "Traceback" not in done.stderr
    assert not (path / "owned").exists()


@pytest.mark.parametrize("name", ["package.json", "pyproject.toml"])
def test_a_repository_with_nothing_but_a_broken_manifest_is_refused(
    fops: Fops, tmp_path: Path, name: str
) -> None:
    error_of(fops("onboard", "repo", folder(tmp_path / "shop", {name: "{[" * 60_000})), 1)


def test_two_applications_on_one_port_get_a_branch_and_a_word_about_it(fops: Fops, tmp_path: Path) -> None:
    compose = "services:\n" + "".join(
        f"  {n}:\n    build: ./{n}\n    ports: ['8000:8000']\n" for n in ("one", "two")
    )
    files = {f"{name}/{file}": text for name in ("one", "two") for file, text in API.items()}
    path = repository(tmp_path / "pair", {**files, "compose.yaml": compose})
    done = fops("onboard", "repo", path)
    assert done.returncode in {0, 1}, done.stderr
    assert "8000" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_repository_named_like_a_command_comes_out_harmless(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / 'a"; rm -rf ~; $(touch owned) #', API)
    done = fops("onboard", "repo", path, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    branch = next(name for name in branches(path) if name != "main")
    script = git("show", f"{branch}:scripts/deploy.sh", cwd=path)
    assert "rm -rf ~" not in script
    assert not list(tmp_path.rglob("owned"))
    assert fops("onboard", "repo", path, "--fields", "status").stdout == '{\n  "status": "nothing-to-do"\n}\n'
