"""The only caller of the git program: plumbing that never runs anything a repository brought along.

Hooks, file-system monitors, content filters, external diffs, submodules, LFS smudging and the `ext::` transport are
off in every call; credentials are taken from the user's own git configuration and never asked for.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from fops.kernel.errors import (
    Final,
    FopsError,
    LimitExceeded,
    NotAllowed,
    OutsideFailed,
    StorageFailed,
)
from fops.kernel.process import Result, end, environment, run
from fops.kernel.redaction import redact_text

_SAFE = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.untrackedCache=false", "core.pager=cat", "core.symlinks=false",
    "core.quotePath=false", "protocol.ext.allow=never", "protocol.allow=user", "submodule.recurse=false", "gc.auto=0",
    "maintenance.auto=false", "advice.detachedHead=false", "diff.external=", "credential.interactive=false", "init.defaultBranch=main",
    "commit.gpgSign=false", "tag.gpgSign=false", "core.autocrlf=false", "log.showSignature=false",
)  # fmt: skip
_VARIABLES = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=15",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PROTOCOL_FROM_USER": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C.UTF-8",
}
_PASSED_ON = (
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_SSL_CAINFO",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on this disk. `work_tree` is None for a bare one."""

    git_dir: Path
    work_tree: Path | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, symlink or submodule of a commit. `size` is in bytes, None where no blob is here."""

    path: str
    mode: str
    object_id: str
    size: int | None

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.mode.startswith("100")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to commit; `path` relative to the top."""

    path: str
    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who commits and when (`when` in the raw form of git: `1700000000 +0000`)."""

    name: str
    email: str
    when: str


def git(
    words: Sequence[str],
    *,
    repository: Repository | None = None,
    stdin: bytes = b"",
    timeout: float = 60,
    extra: Mapping[str, str] | None = None,
    config: Sequence[str] = (),
    max_file: int | None = None,
) -> Result:
    """Run git and return what it left, whatever its exit code.

    `extra` are variables, `config` settings as `name=value`, `max_file` the bytes that any file it writes may have.
    """
    options = [*_options(repository), *(option for value in config for option in ("-c", value))]
    return run(["git", *options, *words], stdin=stdin, timeout=timeout, max_file=max_file,
               env=_environment(extra or {}))  # fmt: skip


def _options(repository: Repository | None) -> list[str]:
    options = [option for value in _SAFE for option in ("-c", value)]
    place = ["--git-dir", str(repository.git_dir)] if repository else []
    if repository and repository.work_tree:
        place += ["--work-tree", str(repository.work_tree)]
    return [*options, *place]


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    return environment(
        {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _VARIABLES | dict(extra)
    )


def _checked(
    words: Sequence[str],
    *,
    repository: Repository | None = None,
    stdin: bytes = b"",
    timeout: float = 60,
    extra: dict[str, str] | None = None,
) -> bytes:
    result = git(words, repository=repository, stdin=stdin, timeout=timeout, extra=extra)
    if result.exit_code:
        raise _failure(words[0], result)
    return result.stdout


def _failure(verb: str, result: Result) -> FopsError:
    text = redact_text(" ".join(result.error_text.split())) or f"exit code {result.exit_code}"
    if re.search(
        r"No space left|Read-only file system|unable to create|insufficient permission|unable to write", text
    ):
        return StorageFailed(f"git {verb}: {text}", hint="check free space and write access, then try again")
    return OutsideFailed(f"git {verb}: {text}")


def find_repository(path: Path) -> Repository | None:
    """The repository whose top *is* this path: a work tree's top or a bare repository; None for anything else.

    Raises NotAllowed when git refuses it because somebody else owns it.
    """
    if (path / ".git").exists():
        place = ["-C", str(path)]
    elif (path / "HEAD").is_file() and (path / "objects").is_dir():
        place = ["--git-dir", str(path)]
    else:
        return None
    result = git([*place, "rev-parse", "--absolute-git-dir", "--is-bare-repository"])
    if result.exit_code:
        if "dubious ownership" in result.error_text:
            raise NotAllowed(
                f"{path} belongs to another user",
                hint=f"if you trust it: git config --global --add safe.directory {path}",
            )
        return None
    git_dir, bare = result.text.splitlines()[:2]
    return Repository(Path(git_dir), None if bare == "true" else path)


def top_around(path: Path) -> Path | None:
    """The top of the work tree that a path lies in, below that top; None where there is none."""
    return next((folder for folder in path.parents if os.path.exists(folder / ".git")), None)  # noqa: PTH110 - False for a name too long


def resolve(repository: Repository, revision: str) -> str | None:
    """The commit a revision names, None when there is none."""
    result = git(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"],
        repository=repository,
    )
    return result.text.strip() or None if result.exit_code == 0 else None


def branches(repository: Repository, prefix: str) -> list[tuple[str, str]]:
    """The branches whose names begin with a prefix, each with its commit, the newest commit first."""
    words = [
        "for-each-ref",
        "--sort=-committerdate",
        "--format=%(refname) %(objectname)",
        f"refs/heads/{prefix}*",
    ]
    rows = _checked(words, repository=repository).decode("utf-8", "replace").splitlines()
    pairs = (row.removeprefix("refs/heads/").rpartition(" ") for row in rows)
    return [(name, commit) for name, _, commit in pairs]


def is_ancestor(repository: Repository, older: str, newer: str) -> bool:
    """Whether a commit is part of another's history; False where either is not here."""
    return git(["merge-base", "--is-ancestor", older, newer], repository=repository).exit_code == 0


def current_branch(repository: Repository) -> str | None:
    """The branch HEAD points to, None when detached."""
    result = git(["symbolic-ref", "--quiet", "--short", "HEAD"], repository=repository)
    return result.text.strip() or None


def remote_url(repository: Repository, name: str = "origin") -> str | None:
    """A remote's address as configured, None when there is none. May hold credentials: redact before showing."""
    result = git(["config", "--get", f"remote.{name}.url"], repository=repository)
    return result.text.strip() or None


def is_dirty(repository: Repository) -> bool:
    """Whether the work tree differs from HEAD in tracked or untracked files; False for a bare repository."""
    if repository.work_tree is None:
        return False
    words = ["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames"]
    return bool(git(words, repository=repository, extra=_without_filters(repository)).stdout.strip())


def _without_filters(repository: Repository) -> dict[str, str]:
    """Variables that empty every content filter the repository's own configuration defines: `status` would run them."""
    names = git(
        ["config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$"],
        repository=repository,
    ).text.splitlines()
    # Not as options: there, a filter named `a=b` would end its name at the sign.
    pairs = {
        word: text
        for number, name in enumerate(names)
        for word, text in (
            (f"GIT_CONFIG_KEY_{number}", name),
            (f"GIT_CONFIG_VALUE_{number}", "false" if name.endswith(".required") else ""),
        )
    }
    return {"GIT_CONFIG_COUNT": str(len(names)), **pairs}


def list_files(repository: Repository, commit: str, *, max_files: int) -> Iterator[Entry]:
    """The entries of a commit. Raises LimitExceeded past `max_files`."""
    listing = _checked(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], repository=repository)
    rows = [row for row in listing.split(b"\0") if row]
    if len(rows) > max_files:
        raise LimitExceeded(
            f"{len(rows)} files are more than {max_files}", hint="name a smaller folder with --path"
        )
    for row in rows:
        meta, _, path = row.partition(b"\t")
        mode, _kind, object_id, size = meta.decode().split()
        # `BAD` where the blob was not fetched, `-` for a submodule
        yield Entry(
            path.decode("utf-8", "surrogateescape"), mode, object_id, int(size) if size.isdigit() else None
        )


class BlobReader:
    """Reads blobs through one running git; `close` (or leaving `with`) ends it. Not for several threads at once."""

    def __init__(self, repository: Repository) -> None:
        words = ["git", *_options(repository), "cat-file", "--batch"]
        self._running = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment({}),
            start_new_session=True,
        )

    def read(self, object_id: str) -> bytes | None:
        """The blob's bytes, None when it is not here."""
        stdin, stdout = self._running.stdin, self._running.stdout
        if stdin is None or stdout is None:
            return None
        stdin.write(f"{object_id}\n".encode())
        stdin.flush()
        words = stdout.readline().split()
        if len(words) != 3:
            return None
        size = int(words[2])
        return stdout.read(size + 1)[:size]

    def close(self) -> None:
        """End the running git, also one that hangs: it only reads."""
        end(self._running)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def init_bare(destination: Path) -> Repository:
    """A new, empty bare repository."""
    _checked(["init", "--bare", "--quiet", "--", str(destination)])
    return Repository(destination)


def commit_files(
    repository: Repository, files: Iterable[NewFile], *, base: str | None, message: str, signature: Signature
) -> str:
    """A commit object of `base` plus the files; no branch, index or work tree is touched. Returns its id.

    The same base, files, message and signature give the same id. Raises StorageFailed when it cannot be written,
    Final where a link, a submodule or a folder of `base` has the place of a file.
    """
    files = list(files)
    if base:
        _refuse_replacing(repository, base, [file.path for file in files])
    with tempfile.TemporaryDirectory(prefix="fops-index-") as folder:
        extra = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        bare = Repository(repository.git_dir)
        _checked(["read-tree", base] if base else ["read-tree", "--empty"], repository=bare, extra=extra)
        rows = _index_rows(bare, files, Path(folder))
        _checked(["update-index", "-z", "--index-info"], repository=bare, stdin=rows, extra=extra)
        tree = _checked(["write-tree", "--missing-ok"], repository=bare, extra=extra).decode().strip()
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", signature.name), ("EMAIL", signature.email), ("DATE", signature.when))}  # fmt: skip
    parents = ["-p", base] if base else []
    return (
        _checked(
            ["commit-tree", tree, *parents, "-F", "-"], repository=bare, stdin=message.encode(), extra=who
        )
        .decode()
        .strip()
    )


def _refuse_replacing(repository: Repository, base: str, paths: Sequence[str]) -> None:
    """Raise Final where adding the paths would drop an entry of another kind: git would do so without a word."""
    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents[:-1]}
    names = dict.fromkeys((*paths, *sorted(folders)))
    listing = (
        _checked(["ls-tree", "-z", "--full-tree", base, "--", *names], repository=repository)
        if names
        else b""
    )
    for row in filter(None, listing.split(b"\0")):
        meta, _, name = row.partition(b"\t")
        path = name.decode("utf-8", "surrogateescape")
        # git also lists what lies beside a name in its folder
        if path in names and not meta.startswith(b"040000" if path in folders else b"100"):
            wanted = "folder" if path in folders else "file"
            raise Final(
                f"{path} is no {wanted} in the repository", hint=f"make it a {wanted}, or move it away"
            )


def _index_rows(repository: Repository, files: Sequence[NewFile], folder: Path) -> bytes:
    """The files written as blobs, by one git for all, as lines for `update-index --index-info`."""
    paths = [folder / str(number) for number in range(len(files))]
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file.data)
    answer = _checked(
        ["hash-object", "-w", "--no-filters", "--stdin-paths"],
        repository=repository,
        stdin="".join(f"{path}\n" for path in paths).encode(),
    )
    return b"".join(
        f"{'100755' if file.executable else '100644'} {object_id}\t".encode()
        + file.path.encode("utf-8", "surrogateescape")
        + b"\0"
        for object_id, file in zip(answer.decode().split(), files, strict=True)
    )


def set_branch(repository: Repository, branch: str, commit: str, *, expected: str | None) -> None:
    """Point a branch at a commit, atomically, only if it still is where `expected` says (None: it must not exist)."""
    old = expected or "0" * 40
    result = git(
        ["update-ref", "-m", "fops onboard", f"refs/heads/{branch}", commit, old],
        repository=Repository(repository.git_dir),
    )
    if result.exit_code:
        raise _failure("update-ref", result)


def unset_branch(repository: Repository, branch: str, commit: str, *, earlier: str | None) -> None:
    """Put a branch back to where it was (None: it was not there) if it still points at `commit`."""
    words = (
        ["update-ref", f"refs/heads/{branch}", earlier, commit]
        if earlier
        else ["update-ref", "-d", f"refs/heads/{branch}", commit]
    )
    git(words, repository=Repository(repository.git_dir))


def patch(repository: Repository, commit: str) -> bytes:
    """A commit as a mail that `git am` applies."""
    return _checked(
        ["format-patch", "-1", "--stdout", "--no-signature", "--no-ext-diff", "--no-textconv", commit],
        repository=Repository(repository.git_dir),
    )


def user(repository: Repository | None) -> tuple[str, str] | None:
    """The committer name and address git is configured with; None when it is not."""
    listing = git(["config", "-z", "--get-regexp", r"^user\.(name|email)$"], repository=repository).text
    found = {key: value.strip() for key, _, value in (row.partition("\n") for row in listing.split("\0"))}
    name, address = found.get("user.name"), found.get("user.email")
    return (name, address) if name and address else None
