"""A repository somebody else wrote cannot redirect F-Ops, smuggle options in, or learn and leak credentials."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.git_server import PASSWORD, USER, git_server
from factories.repositories import SITE, bare, branches, git, repository

SECRET = "hunter2swordfish"


@pytest.fixture
def fops(tmp_path: Path) -> Fops:
    """`fops(*words, cwd=…, env=…)` with a private data directory."""
    return Fops(tmp_path / "fops-root")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return repository(tmp_path / "site", SITE)


@pytest.mark.parametrize("file", [".env", ".fops/config.toml"])
@pytest.mark.parametrize(
    "name",
    ["FOPS_HOME", "AUDIT_LOG_DIR", "FOPS_AUDIT_LOG_DIR", "DATABASE_URL", "FOPS_DATABASE_URL", "SQLITE_URL"],
)
def test_its_settings_cannot_lead_our_data_elsewhere(
    fops: Fops, tmp_path: Path, file: str, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    value = f"sqlite:///{elsewhere}/x.db" if "URL" in name else str(elsewhere)
    path = repository(tmp_path / "site", {**SITE, file: f'{name}="{value}"\n'})
    shown = {
        row.split("\t")[0]: row for row in fops("config", "show", "--origin", cwd=path).stdout.splitlines()
    }
    assert str(elsewhere) not in "".join(shown.values())
    assert fops("onboard", "explain", ".", cwd=path).returncode == 0
    assert fops("audit", "verify", cwd=path).returncode == 0
    assert not elsewhere.exists()


def test_a_whole_run_inside_it_keeps_to_our_data_directory(fops: Fops, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    names = ("FOPS_HOME", "AUDIT_LOG_DIR", "DATABASE_URL")
    settings = "".join(f'{name}="{"sqlite:///" if "URL" in name else ""}{elsewhere}"\n' for name in names)
    path = repository(tmp_path / "site", {**SITE, ".env": settings, ".fops/config.toml": settings})
    done = fops("onboard", "repo", ".", cwd=path)
    assert done.returncode == 0, done.stderr
    assert not elsewhere.exists()
    assert len(fops.proposals) == 1
    assert (fops.home / "fops.db").is_file()


SMUGGLED = [
    ["--upload-pack=touch owned"],
    ["-u./owned.sh"],
    ["ext::sh -c touch% owned"],
    ["fd::17"],
    ["ssh://-oProxyCommand=touch owned/x"],
    ["ssh://git@-oProxyCommand=touch/x"],
    ["https://"],
    ["ftp://example.org/x"],
    ["file:///etc\n--upload-pack=touch owned"],
    [""],
]


@pytest.mark.parametrize("words", SMUGGLED, ids=lambda words: words[0][:24].replace("\n", "|"))
def test_an_address_cannot_carry_options_or_commands(fops: Fops, words: list[str]) -> None:
    error_of(fops("onboard", "repo", "--", *words), 2)
    assert not list(fops.root.rglob("owned"))
    assert fops.proposals == []


@pytest.mark.parametrize(
    "ref", ["--upload-pack=touch owned", "-x", "a..b", "a b", "@{-1}", "a\nb", "HEAD^{/x}", ":x", ""]
)
def test_a_reference_cannot_carry_options_or_expressions(fops: Fops, site: Path, ref: str) -> None:
    error_of(fops("onboard", "repo", site, f"--ref={ref}"), 2)
    assert list(branches(site)) == ["main"]


@pytest.mark.parametrize("path", ["../outside", "/etc", "a/../../b", "-x", "..\\outside"])
def test_a_folder_cannot_lead_out_of_the_repository(fops: Fops, site: Path, path: str) -> None:
    error_of(fops("onboard", "repo", site, f"--path={path}"), 2)


def test_its_hooks_filters_and_helpers_do_not_run(fops: Fops, site: Path, tmp_path: Path) -> None:
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/owned\ncat\n")
    script.chmod(0o755)
    for hook in ("post-checkout", "reference-transaction", "pre-commit", "post-commit", "post-index-change"):
        (site / ".git/hooks" / hook).symlink_to(script)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "core.sshCommand", "core.pager",
                "diff.external", "gpg.program", "uploadpack.packObjectsHook", "core.editor"):  # fmt: skip
        git("config", key, str(script), cwd=site)
    git("config", "commit.gpgSign", "true", cwd=site)
    (site / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (site / "index.html").write_text("<h1>edited</h1>")
    assert fops("onboard", "repo", site).returncode == 0
    assert fops("onboard", "repo", f"file://{site}").returncode == 0
    assert not (tmp_path / "owned").exists()


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[str]:
    """The address of a forge that wants to know who asks, with the repository `private/site.git`."""
    place = tmp_path / "forge/private/site.git"
    place.parent.mkdir(parents=True)
    bare(place, repository(tmp_path / "origin", SITE))
    with git_server(tmp_path / "forge") as address:
        yield address


def _everything_below(*folders: Path) -> bytes:
    return b"".join(file.read_bytes() for place in folders for file in place.rglob("*") if file.is_file())


@pytest.mark.parametrize(("name", "exit_code"), [("site.git", 0), ("absent.git", 1)])
def test_credentials_of_an_address_are_seen_nowhere_again(
    fops: Fops, forge: str, name: str, exit_code: int
) -> None:
    url = f"{forge}/private/{name}".replace("://", f"://{USER}:{PASSWORD}@")
    for words in (["--dry-run", "onboard", "repo", url], ["-v", "onboard", "repo", url, "--json"]):
        done = fops(*words)
        assert done.returncode == exit_code, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
    assert PASSWORD.encode() not in _everything_below(fops.root)


@pytest.mark.parametrize("password", ["p@ss@hunter2", "a:b:hunter2", "x%40hunter2"])
def test_an_odd_password_is_not_shown_either(fops: Fops, password: str) -> None:
    done = fops("onboard", "repo", f"http://ada:{password}@127.0.0.1:1/acme/site.git")
    assert done.returncode == 5, done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert b"hunter2" not in _everything_below(fops.root)


def test_credentials_of_a_remote_do_not_reach_the_artifacts(fops: Fops, site: Path) -> None:
    git("remote", "add", "origin", f"https://ada:{SECRET}@github.com/acme/site.git", cwd=site)
    done = fops("onboard", "repo", site, "--json")
    assert done.returncode == 0, done.stderr
    branch = json.loads(done.stdout)["branch"]
    assert SECRET not in done.stdout + done.stderr
    assert SECRET not in git("diff", "main", branch, cwd=site)
    assert SECRET.encode() not in _everything_below(fops.home)


def test_tokens_of_our_environment_reach_no_program_and_no_file(
    fops: Fops, site: Path, tmp_path: Path
) -> None:
    spy = tmp_path / "bin/git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nenv >> "{tmp_path}/seen"\nexec {_git_program()} "$@"\n')
    spy.chmod(0o755)
    names = ("GITHUB_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "SECRET_KEY")
    env = {**dict.fromkeys(names, SECRET), "PATH": f"{spy.parent}:{os.environ['PATH']}"}
    assert fops("onboard", "repo", site, env=env).returncode == 0
    assert (tmp_path / "seen").is_file()
    assert SECRET not in (tmp_path / "seen").read_text()
    assert SECRET.encode() not in _everything_below(fops.root)


def _git_program() -> str:
    import shutil

    return shutil.which("git") or "git"
